"""What automatic differentiation costs beside derivatives written by hand in NumPy, and beside other libraries.

    python benchmarks/autodiff.py [--rounds 40]

float64, one thread. In each round every way is timed in turn, so that the machine's mood strikes all alike; what is
printed is the median over the rounds of the ratios to NumPy by hand, in processor time, whose least microseconds stand
beside it. What an import takes, and the memory of a large gradient, are measured in fresh processes. Peers that are not
installed are named as skipped. Exit code 1 if something of ours costs more than its bound.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

PINNED = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_TRIM_THRESHOLD_": str(1 << 28), "MALLOC_MMAP_THRESHOLD_": str(1 << 28)}
if __name__ == "__main__" and any(
    os.environ.get(name) != value for name, value in PINNED.items()
):  # else NumPy is bistable above 128 KiB
    os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | PINNED)

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.derivatives import WORKLOADS, Workload  # noqa: E402  (the environment comes first)
from benchmarks.derivatives.footprint import MODULES, footprints  # noqa: E402
from benchmarks.derivatives.peers import PEERS  # noqa: E402
from benchmarks.derivatives.workloads import CHAIN  # noqa: E402

OURS = ("eager", "graph")
OPERATION_US, IMPORT_MS = 0.6, 10.0  # bounds
ROUNDS_OF_IMPORTS = 15
Times = Mapping[str, float]


def ratios(ways: Mapping[str, Callable[[], Any]], rounds: int, at_least: float = 2e-3) -> Times:
    """The least seconds by hand, and the median over the rounds of what each way takes beside it in the same round."""
    counts: dict[str, int] = {}
    for name, way in ways.items():
        way()
        counts[name] = max(1, int(at_least / max(_seconds(way, 1), 1e-7)))
    taken = [{name: _seconds(way, counts[name]) for name, way in ways.items()} for _ in range(rounds)]
    beside = {name: statistics.median(one[name] / one["hand"] for one in taken) for name in ways}
    return beside | {"hand": min(one["hand"] for one in taken)}


def _seconds(way: Callable[[], Any], times: int) -> float:
    """Of the processor, for one call."""
    began = time.process_time()
    for _ in range(times):
        way()
    return (time.process_time() - began) / times


def measure(work: Workload, rounds: int) -> Times:
    """One workload, every way there is."""
    ways = dict(work.ways)
    for peer in PEERS:
        made = peer.make(work.name)
        if made is not None:
            ways[peer.name] = made
    work.check(ways)
    return ratios(ways, rounds)


def _show_footprints(names: list[str]) -> list[str]:
    """Print what imports and a large gradient take; the bounds that do not hold."""
    found = footprints(names, ROUNDS_OF_IMPORTS)
    print(f"{'':16}{'import, ms beyond NumPy':>26}{'peak MiB, imported':>22}{'after a large gradient':>26}")
    for name, one in found.items():
        print(f"{name:16}{one.ms:26.1f}{one.imported:22.0f}{one.used:26.0f}")
    late = found["ours"].ms > IMPORT_MS
    return [f"import: {found['ours'].ms:.1f} ms where {IMPORT_MS:g} is the bound"] if late else []


def main() -> int:
    """Print the table; 1 if a bound does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    skipped = [peer.name for peer in PEERS if not peer.installed]
    names = [*OURS, *(peer.name for peer in PEERS if peer.installed)]
    print(f"{'ratio to NumPy by hand':34}{'NumPy us':>10}" + "".join(f"{name:>16}" for name in names))
    missed = []
    for work in WORKLOADS:
        times = measure(work, rounds)
        hand = times["hand"]
        cells = "".join(f"{times[name]:16.2f}" if name in times else f"{'':>16}" for name in names)
        print(f"{work.title:34}{hand * 1e6:10.1f}{cells}")
        for name, bound in work.bounds.items():
            if not times[name] <= bound:
                missed.append(f"{work.title}, {name}: {times[name]:.2f} where {bound:g} is the bound")
        if work.name == "chain":
            one = times["eager"] * hand * 1e6 / CHAIN
            missed += [] if one <= OPERATION_US else [f"an operation on a number: {one:.2f} us, bound {OPERATION_US:g}"]
    print(f"one operation on a number, eager, forward and back: {one:.2f} us\n")
    missed += _show_footprints(["ours", *(name for name in names if name in MODULES)])
    print(f"skipped, since not installed: {', '.join(skipped) or 'none'}")
    for line in missed:
        print(line, file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
