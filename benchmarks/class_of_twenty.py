"""A class of twenty notebooks, fifteen checks each: seconds to grade it, reading and writing included.

    python benchmarks/class_of_twenty.py [--rounds 5] [--jobs 1] [--rung A|B|none] [--at-most S]

In each round, in turn, so that the machine's mood strikes all alike: the run by itself, as `grade run` makes it; a
whole `grade run` from start to end, with the proof of its protection, where `--rung` is the one that it chooses; and
the notebooks and checks in one process that is already warm, with no wall and no report, which no grader can be faster
than. Every check of every submission has to come out as in that process (benchmarks/twenty/in_process.py): anything
else is an error, exit code 1.

Beside the wall time stands the CPU time of all processes, which says more where others use the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.twenty import submissions
from grader.assignment import load
from grader.classroom import run_class
from grader.model import Assignment, Outcome
from grader.sandbox import NONE, A, B, Rung, best, command, prove

ROOT = Path(__file__).resolve().parents[1]
TWENTY = ROOT / "benchmarks" / "twenty"
SEED = 1
RUNGS = {rung.name: rung for rung in (A, B, NONE)}

Passed = Mapping[str, frozenset[str]]  # of each submission, the checks that it passes


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took, in seconds."""

    wall: float
    cpu: float


def cpu_seconds() -> float:
    """Of this process and of all that have ended below it."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def timed(work: Callable[[], None]) -> Cost:
    """Do it, and say what it took."""
    cpu, began = cpu_seconds(), time.perf_counter()
    work()
    return Cost(time.perf_counter() - began, cpu_seconds() - cpu)


def in_process(folder: Path) -> tuple[Cost, Passed]:
    """The cost of all notebooks in one warm process, started as our guests are; and what each of them passes."""
    with tempfile.TemporaryDirectory(prefix="gradgrader-bench-") as scratch:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.twenty.in_process", str(folder)],
            check=True,
            cwd=ROOT,
            env=command.environment(scratch),
            stdout=subprocess.PIPE,
        )
    said = json.loads(done.stdout)
    return Cost(said["seconds"], said["cpu_seconds"]), {
        name: frozenset(passed) for name, passed in said["passed"].items()
    }


def reported(out: Path) -> Passed:
    """What each submission passes, by the reports that were written; "broken" stands for a check that is broken."""
    passed = {}
    for path in sorted(out.glob("submissions/*/staff.json")):
        results: list[dict[str, Any]] = json.loads(path.read_bytes())["results"]
        named = {one["check"] for one in results if one["outcome"] == Outcome.PASSED}
        broken = {"broken" for one in results if one["outcome"] == Outcome.BROKEN}
        passed[path.parent.name] = frozenset(named | broken)
    return passed


def differences(got: Passed, expected: Passed) -> list[str]:
    """Where two evaluations of the class disagree, in words."""
    lines = []
    for name in sorted(got.keys() | expected.keys()):
        if name not in got:
            lines.append(f"{name}: has no report")
        elif got[name] != expected.get(name):
            wanted = expected.get(name, frozenset())
            which = ", ".join(sorted(got[name] ^ wanted))
            lines.append(f"{name}: expected {len(wanted)} points, got {len(got[name])}; they differ in {which}")
    return lines


def rounds(number: int, jobs: int, rung: Rung, folder: Path) -> dict[str, list[Cost]]:
    """The costs of each round.

    Raises:
        SystemExit: A submission did not get what it has earned.
    """
    assignment = load(TWENTY)
    costs: dict[str, list[Cost]] = {"the run": [], "`grade run`, whole": [], "in one process": []}
    for _ in range(number):
        cost, expected = in_process(folder)
        costs["in one process"].append(cost)
        ways: dict[str, Callable[[Path], None]] = {"the run": _run(assignment, folder, rung, jobs)}
        if rung == (best() or NONE):
            ways["`grade run`, whole"] = _whole(folder, jobs)
        for name, way in ways.items():
            with tempfile.TemporaryDirectory(prefix="gradgrader-bench-") as out:
                costs[name].append(timed(lambda: way(Path(out))))  # noqa: B023
                wrong = differences(reported(Path(out)), expected)
            if wrong:
                sys.exit("\n".join([f"{name}: not every submission gets what it has earned", *wrong]))
    return {name: costs_of for name, costs_of in costs.items() if costs_of}


def _run(assignment: Assignment, folder: Path, rung: Rung, jobs: int) -> Callable[[Path], None]:
    def run(out: Path) -> None:
        run_class(assignment, folder, out, seed=SEED, rung=rung, jobs=jobs)

    return run


def _whole(folder: Path, jobs: int) -> Callable[[Path], None]:
    def run(out: Path) -> None:
        options = ["--out", str(out), "--seed", str(SEED), "--jobs", str(jobs), "--quiet", "--trust-students"]
        line = [sys.executable, "cli.py", "run", str(TWENTY), str(folder), *options]
        subprocess.run(line, check=True, cwd=ROOT, stderr=subprocess.DEVNULL)

    return run


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--rung", choices=RUNGS, help="[default: the strongest that this machine has]")
    parser.add_argument("--at-most", type=float, metavar="SECONDS", help="exit code 1 if the run takes longer (median)")
    arguments = parser.parse_args()
    rung = RUNGS[arguments.rung] if arguments.rung else best() or NONE
    if rung != NONE and not prove(rung).holds:
        sys.exit(f"this machine does not have rung {rung.name}: {prove(rung).why}")
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="gradgrader-bench-") as folder:
        submissions.write(Path(folder))
        costs = rounds(arguments.rounds, arguments.jobs, rung, Path(folder))
    print(f"rung {rung.name}, {arguments.jobs} at a time; every check came out as expected")
    print(f"load of the machine {load_before:.1f} before, {os.getloadavg()[0]:.1f} after, {os.cpu_count()} cores\n")
    show(costs, len(submissions.submissions()))
    took = statistics.median(one.wall for one in costs["the run"])
    if arguments.at_most is not None and took > arguments.at_most:
        sys.exit(f"the run takes {took:.2f} s, more than {arguments.at_most:g} s")


def show(costs: Mapping[str, list[Cost]], count: int) -> None:
    """Print the tables; ratios are medians over the rounds."""
    head = (f"{count} notebooks", "wall s: least", "median", "ms each", "ratio", "CPU s: least", "median", "ratio")
    print("{:20}{:>14}{:>9}{:>9}{:>8}{:>14}{:>9}{:>8}".format(*head))
    base = costs["in one process"]
    for name, all_of in costs.items():
        wall, cpu = [one.wall for one in all_of], [one.cpu for one in all_of]
        pairs = list(zip(all_of, base, strict=True))
        print(
            f"{name:20}{min(wall):14.2f}{statistics.median(wall):9.2f}{statistics.median(wall) / count * 1e3:9.0f}"
            f"{statistics.median(one.wall / other.wall for one, other in pairs):8.2f}"
            f"{min(cpu):14.2f}{statistics.median(cpu):9.2f}"
            f"{statistics.median(one.cpu / other.cpu for one, other in pairs):8.2f}"
        )
    print("\nwall s, round by round")
    for name, all_of in costs.items():
        print(f"{name:20}" + "".join(f"{one.wall:8.2f}" for one in all_of))


if __name__ == "__main__":
    main()
