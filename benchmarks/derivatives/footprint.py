"""What a library costs before it has computed anything, and the memory that one large gradient takes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LARGEST = "large"  # the workload whose peak is measured
MODULES = {"ours": "reference.autodiff", "HIPS autograd": "autograd", "PyTorch eager": "torch", "JAX": "jax"}
# Of this process alone: what getrusage says begins with the peak of the one that started it.
PEAK = "next(int(line.split()[1]) / 1024 for line in open('/proc/self/status') if line.startswith('VmHWM'))"
IMPORT = """
import sys, time
sys.path.insert(0, {root!r})
import numpy
began = time.perf_counter()
import {module}
took = time.perf_counter() - began
print(1e3 * took, {peak})
"""
GRADIENT = """
import sys
sys.path.insert(0, {root!r})
from benchmarks.derivatives.peers import PEERS
from benchmarks.derivatives.workloads import WORKLOADS
(work,) = (one for one in WORKLOADS if one.name == {largest!r})
peers = {{peer.name: peer for peer in PEERS}}
way = work.ways["eager"] if {name!r} == "ours" else peers[{name!r}].make(work.name)
for _ in range(3):
    way()
print({peak})
"""


@dataclass(frozen=True, slots=True)
class Footprint:
    """`ms`: of the import, after NumPy's. `imported` and `used`: the peak of the process in MiB, NumPy included."""

    ms: float
    imported: float
    used: float


def footprints(names: list[str], rounds: int) -> Mapping[str, Footprint]:
    """By library, each measured in fresh processes, in turn."""
    for name in names:  # from source it would take as long as to compile it
        _numbers(IMPORT.format(peak=PEAK, root=str(ROOT), module=MODULES[name]))
    seen: dict[str, list[list[float]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            seen[name].append(_numbers(IMPORT.format(peak=PEAK, root=str(ROOT), module=MODULES[name])))
    found = {}
    for name, numbers in seen.items():
        (used,) = _numbers(GRADIENT.format(peak=PEAK, root=str(ROOT), name=name, largest=LARGEST))
        ms, imported = (statistics.median(column) for column in zip(*numbers, strict=True))
        found[name] = Footprint(ms, imported, used)
    return found


def _numbers(code: str) -> list[float]:
    """What a fresh interpreter prints last."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run((sys.executable, "-c", code), env=kept, check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split("\n")[-2].split()]
