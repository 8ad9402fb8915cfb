"""What the wall costs: milliseconds beyond the student's own computing, measured side by side in one run.

    python benchmarks/overhead.py [--rounds 30] [--json]

First, "start, load and one call": a process is started, a student's module loaded in it, one function called, and its
value brought back. A fresh interpreter does that, the same in bubblewrap where that is installed, and a guest of ours,
forked from the zygote, without a jail and on each rung of protection that this machine has. Ours must be 8 times
cheaper than the fresh interpreter, or the exit code is 1.

Then a submission and a check in the engine: one trivial module and one trivial notebook are graded with 1 and with 16
checks. The slope over the checks is the cost of a check, the intercept the cost of a submission. What the student's own
code takes is measured by running it here in a loop, and subtracted.

In each round all are timed in turn, so that the machine's mood strikes all alike.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np

from grader import assert_close
from grader.engine import grade
from grader.model import Assignment, Submission
from grader.sandbox import NONE, A, B, Cargo, Guest, Launcher, command, open_launcher, prove
from tests.support import LIMITS, assignment, module, notebook, one_check

CODE = "import numpy as np\n\ndef scaled(x, a):\n    return a * x\n"
X, FACTOR = np.arange(100.0), 2.0
FEW, MANY = 1, 16
CHEAPER = 8.0

# What a grader without a zygote would run for each check: arguments come as JSON, and so does the value go.
PROGRAM = """
import json, sys
import numpy as np
given = json.load(sys.stdin)
names = {"__name__": "work"}
exec(compile(given["code"], "work.py", "exec"), names)
value = names[given["name"]](np.array(given["x"]), given["a"])
json.dump(value.tolist(), sys.stdout)
"""
FRESH = (sys.executable, "-I", "-c", PROGRAM)
PYTHON_TOO = ("--ro-bind", sys.prefix, sys.prefix)  # where the environment lies in /tmp itself
IN_BUBBLEWRAP = (
    *("bwrap", "--unshare-all", "--ro-bind", "/", "/", "--tmpfs", "/tmp", *PYTHON_TOO, "--proc", "/proc"),
    *FRESH,
)
FRESH_NAME, BUBBLEWRAP_NAME = "fresh interpreter", "the same in bubblewrap"

Times = Mapping[str, list[float]]  # milliseconds, one per round


def scaled(student: Any, draw: Any) -> None:
    """One call and one comparison: the smallest check there is."""
    x = draw("100")
    assert_close(student.scaled(x, FACTOR), FACTOR * x)


def milliseconds(work: Callable[[], object]) -> float:
    """Wall time."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


def in_turn(works: Mapping[str, Callable[[], object]], rounds: int) -> Times:
    """The times of each, after once without the clock."""
    for work in works.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            times[name].append(milliseconds(work))
    return times


# ------------------------------------------------------------------------------------- start, load and one call


def starting(launchers: Mapping[str, Launcher], environment: Mapping[str, str]) -> dict[str, Callable[[], object]]:
    """Each way of doing the same work."""
    ways: dict[str, Callable[[], object]] = {FRESH_NAME: lambda: from_program(FRESH, environment)}
    if shutil.which(IN_BUBBLEWRAP[0]):
        ways[BUBBLEWRAP_NAME] = lambda: from_program(IN_BUBBLEWRAP, environment)
    for name, launcher in launchers.items():
        ways[f"zygote, rung {name}"] = _from_guest(launcher)
    return ways


def from_program(line: tuple[str, ...], environment: Mapping[str, str]) -> None:
    """Start a process for one call."""
    given = json.dumps({"code": CODE, "name": "scaled", "x": X.tolist(), "a": FACTOR})
    done = subprocess.run(line, check=True, input=given.encode(), stdout=subprocess.PIPE, env=environment)
    assert np.array_equal(np.array(json.loads(done.stdout)), FACTOR * X)


def _from_guest(launcher: Launcher) -> Callable[[], object]:
    cargo = Cargo(submission=module(CODE), limits=LIMITS)

    def run() -> None:
        guest = Guest(launcher, cargo)
        try:
            with guest.check(LIMITS) as child:
                assert np.array_equal(child.call("scaled", [X, FACTOR], {}, {}), FACTOR * X)
        finally:
            guest.close()

    return run


def ratios(times: Times) -> dict[str, float]:
    """How many times cheaper each guest of ours is than the fresh interpreter: the median over the rounds."""
    return {
        name: statistics.median(fresh / one for fresh, one in zip(times[FRESH_NAME], own, strict=True))
        for name, own in times.items()
        if name.startswith("zygote")
    }


# ------------------------------------------------------------------------------------------------ the engine


def grading(launchers: Mapping[str, Launcher]) -> dict[str, Callable[[], object]]:
    """Gradings with few checks and with many, by `work, rung, number of checks`."""
    works = {"module": module(CODE), "notebook": notebook(CODE)}
    given = {n: replace(assignment(), checks=tuple(one_check(scaled, f"check_{k}") for k in range(n))) for n in (1, 16)}
    return {
        f"{work}, rung {rung}, {n}": _grading(given[n], works[work], launcher)
        for work in works
        for rung, launcher in launchers.items()
        for n in (FEW, MANY)
    }


def _grading(given: Assignment, work: Submission, launcher: Launcher) -> Callable[[], object]:
    return lambda: grade(given, work, launcher, seed=1, oracle=None)


def students_share() -> float:
    """What the student's own code takes for one check, in milliseconds."""
    began = time.perf_counter()
    for _ in range(10_000):
        _ = FACTOR * X
    return (time.perf_counter() - began) / 10_000 * 1e3


def per_check(times: Times) -> dict[str, dict[str, float]]:
    """The cost of a submission and of a check, from the times of few checks and of many."""
    share, costs = students_share(), {}
    for name in times:
        work, _comma, n = name.rpartition(", ")
        if n == str(FEW):
            for kind, middle in (("least", min), ("median", statistics.median)):
                few, many = middle(times[name]), middle(times[f"{work}, {MANY}"])
                slope = (many - few) / (MANY - FEW) - share
                costs[f"{work}, {kind}"] = {"per submission": few - FEW * slope, "per check": slope}
    return costs


# --------------------------------------------------------------------------------------------------- output


def measure(rounds: int) -> dict[str, Any]:
    """All that is printed."""
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="gradgrader-bench-"))
        launchers: dict[str, Launcher] = {}
        for rung in (NONE, A, B):
            if rung == NONE or prove(rung).holds:
                launchers[rung.name] = open_launcher(("numpy",), rung)
                stack.callback(launchers[rung.name].close)
        before = os.getloadavg()[0]
        starts = in_turn(starting(launchers, command.environment(scratch)), rounds)
        gradings = in_turn(grading(launchers), rounds)
    return {
        "rounds": rounds,
        "load": [before, os.getloadavg()[0]],
        "start, load and one call": {
            name: {"least": min(times), "median": statistics.median(times)} for name, times in starts.items()
        },
        "times cheaper than a fresh interpreter": ratios(starts),
        "engine": per_check(gradings),
    }


def show(measured: Mapping[str, Any]) -> None:
    """Print the tables."""
    before, after = measured["load"]
    load = f"load {before:.1f} before, {after:.1f} after, {os.cpu_count()} cores"
    print(f"milliseconds, {measured['rounds']} rounds in turn; {load}\n")
    print(f"{'start, load and one call':32}{'least':>16}{'median':>12}{'times cheaper':>16}")
    cheaper = measured["times cheaper than a fresh interpreter"]
    for name, times in measured["start, load and one call"].items():
        ratio = f"{cheaper[name]:16.1f}" if name in cheaper else ""
        print(f"{name:32}{times['least']:16.1f}{times['median']:12.1f}{ratio}")
    print(f"\n{'a grading':32}{'per submission':>16}{'per check':>12}")
    for name, cost in measured["engine"].items():
        print(f"{name:32}{cost['per submission']:16.1f}{cost['per check']:12.1f}")


def main() -> int:
    """Print what was measured; 1 if a guest is not as much cheaper than a fresh interpreter as it must be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    measured = measure(arguments.rounds)
    if arguments.json:
        print(json.dumps(measured, indent=2))
    else:
        show(measured)
    dear = [name for name, ratio in measured["times cheaper than a fresh interpreter"].items() if not ratio >= CHEAPER]
    for name in dear:
        print(f"{name} is not {CHEAPER:g} times cheaper than a fresh interpreter", file=sys.stderr)
    return 1 if dear else 0


if __name__ == "__main__":
    sys.exit(main())
