"""Milliseconds per submission and per check beyond the student's own computing, measured side by side in one run.

    python benchmarks/overhead.py [--rounds 30] [--json]

One trivial module and one trivial notebook are graded with 1 and with 16 checks, without a jail and on each rung of
protection that this machine has, in turn, so that the machine's mood strikes all alike. The slope over the checks is
the cost of a check, the intercept the cost of a submission. What the student's own code takes is measured by running it
here in a loop, and subtracted. A fresh interpreter that imports NumPy, and the same in bubblewrap where that is
installed, are timed in the same rounds, as what each submission would cost without a zygote.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from grader import assert_close
from grader.engine import grade
from grader.model import Assignment, Submission
from grader.sandbox import NONE, A, B, Launcher, open_launcher, prove
from tests.support import assignment, module, notebook, one_check

CODE = "import numpy as np\n\ndef scaled(x, a):\n    return a * x\n"
FEW, MANY = 1, 16
FRESH = [sys.executable, "-c", "import numpy"]
IN_BUBBLEWRAP = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--tmpfs", "/tmp", "--proc", "/proc", *FRESH]


def scaled(student: Any, draw: Any) -> None:
    """One call and one comparison: the smallest check there is."""
    x = draw("100")
    assert_close(student.scaled(x, 2.0), 2.0 * x)


def milliseconds(work: Callable[[], object]) -> float:
    """Wall time."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


def students_share() -> float:
    """What the student's own code takes for one check, in milliseconds."""
    x = np.ones(100)
    began = time.perf_counter()
    for _ in range(10_000):
        _ = 2.0 * x
    return (time.perf_counter() - began) / 10_000 * 1e3


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Medians over the rounds."""
    small = replace(assignment(), checks=tuple(one_check(scaled, f"check_{k}") for k in range(FEW)))
    large = replace(assignment(), checks=tuple(one_check(scaled, f"check_{k}") for k in range(MANY)))
    works = {"module": module(CODE), "notebook": notebook(CODE)}
    launchers = {
        rung.name: open_launcher(("numpy",), rung) for rung in (NONE, A, B) if rung == NONE or prove(rung).holds
    }
    ways = {(work, rung): f"{work}, rung {rung}" for work in works for rung in launchers}
    walls: dict[tuple[str, int], list[float]] = {(name, n): [] for name in ways.values() for n in (FEW, MANY)}
    others = {"fresh interpreter with NumPy": FRESH, "the same in bubblewrap": IN_BUBBLEWRAP}
    fresh: dict[str, list[float]] = {name: [] for name, command in others.items() if shutil.which(command[0])}
    try:
        for work, rung in ways:  # all zygotes start before the clock does
            grade(small, works[work], launchers[rung], seed=0, oracle=None)
        for _ in range(rounds):
            for (work, rung), name in ways.items():
                for n, given in ((FEW, small), (MANY, large)):
                    walls[name, n].append(milliseconds(_grading(given, works[work], launchers[rung])))
            for name, times in fresh.items():
                times.append(milliseconds(_running(others[name])))
    finally:
        for launcher in launchers.values():
            launcher.close()
    return {name: _costs(walls[name, FEW], walls[name, MANY]) for name in ways.values()} | {
        name: {"per submission": statistics.median(times)} for name, times in fresh.items()
    }


def _grading(given: Assignment, work: Submission, launcher: Launcher) -> Callable[[], object]:
    return lambda: grade(given, work, launcher, seed=1, oracle=None)


def _running(command: list[str]) -> Callable[[], object]:
    return lambda: subprocess.run(command, check=True)


def _costs(few: list[float], many: list[float]) -> dict[str, float]:
    per_check = (statistics.median(many) - statistics.median(few)) / (MANY - FEW) - students_share()
    return {"per submission": statistics.median(few) - FEW * per_check, "per check": per_check}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    costs = measure(arguments.rounds)
    if arguments.json:
        print(json.dumps(costs, indent=2))
        return
    print(f"milliseconds beyond the student's own computing, median of {arguments.rounds} rounds in turn")
    print(f"{'':32}{'per submission':>16}{'per check':>12}")
    for name, cost in costs.items():
        per_check = f"{cost['per check']:12.1f}" if "per check" in cost else f"{'':>12}"
        print(f"{name:32}{cost['per submission']:16.1f}{per_check}")


if __name__ == "__main__":
    main()
