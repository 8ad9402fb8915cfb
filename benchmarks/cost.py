"""How often `assert_cost` gives a wrong verdict while other processes burn every core.

    python benchmarks/cost.py [--repetitions 200] [--rung A] [--ways TEXT] [--idle] [--json]

Each way to a gradient of `tests/grader/checks/cost_bank.py` (reverse mode in three styles, float32, differences,
complex steps, forward mode, and all that hides) is judged so many times, each time with another seed. One process per
core does nothing but count meanwhile. The table gives the wrong verdicts, and the range of what they rest on.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from grader.checks import CheckContext, Draw, assert_cost
from grader.checks.context import running
from grader.engine.student import Student
from grader.model import CheckFailed, Limits
from grader.sandbox import NONE, A, B, Launcher, open_launcher
from tests.grader.checks import cost_bank as bank
from tests.support import loaded

RUNGS = {"A": A, "B": B, "none": NONE}
LIMITS = Limits(wall_seconds=120.0, cpu_seconds=120.0, load_seconds=60.0, cell_seconds=60.0)
WAYS = {**bank.REVERSE, **bank.SINGLE, **bank.OTHERS, **bank.HIDING}
RIGHT = {*bank.REVERSE, *bank.SINGLE}
NOISE, RATIOS = "the gradient's noise, relative", "evaluations per gradient, by size"
EXPONENT = "evaluations per gradient: exponent of their growth"


def function() -> Any:
    """What is differentiated, here."""
    names: dict[str, Any] = {}
    exec(bank.COMMON, names)
    return names["f"]


@contextmanager
def burning(count: int) -> Iterator[None]:
    """Meanwhile so many processes keep a core busy each."""
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def judge(launcher: Launcher, code: str, of: Any, seed: int) -> tuple[bool, dict[str, Any]]:
    """Whether it passes, and the evidence."""
    surroundings = CheckContext(seed=seed)
    with loaded(launcher, bank.COMMON + code, LIMITS) as guest, guest.check(LIMITS) as child, running(surroundings):
        draw = Draw(None, surroundings)
        try:
            assert_cost(Student(child, draw).gradient, of=of, at=draw.rng.standard_normal)
        except CheckFailed:
            return False, surroundings.evidence
    return True, surroundings.evidence


def measure(launcher: Launcher, ways: dict[str, str], repetitions: int) -> dict[str, dict[str, Any]]:
    """By way: wrong verdicts, seconds of a check, and the least and largest evidence."""
    of, found = function(), {}
    for name, code in ways.items():
        began, wrong, evidence = time.monotonic(), 0, []
        for seed in range(repetitions):
            passed, noted = judge(launcher, code, of, seed)
            wrong += passed is not (name in RIGHT)
            evidence.append(noted)
        ratios = [noted[RATIOS][-1] for noted in evidence if RATIOS in noted]
        exponents = [noted[EXPONENT] for noted in evidence if EXPONENT in noted]
        found[name] = {
            "reverse": name in RIGHT,
            "wrong": wrong,
            "seconds": (time.monotonic() - began) / repetitions,
            "noise": _range([noted[NOISE] for noted in evidence]),
            "evaluations": _range(ratios),
            "exponent": _range(exponents),
        }
        print(f"{name}: {wrong} wrong", file=sys.stderr)
    return found


def _range(values: list[float]) -> tuple[float, float] | None:
    return (min(values), max(values)) if values else None


def _shown(values: tuple[float, float] | None, form: str) -> str:
    return f"{values[0]:{form}} .. {values[1]:{form}}" if values else ""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--rung", choices=RUNGS, default="A")
    parser.add_argument("--ways", default="", help="only those whose name holds this")
    parser.add_argument("--idle", action="store_true", help="burn nothing meanwhile")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    launcher = open_launcher(("numpy",), RUNGS[arguments.rung])
    try:
        with burning(0 if arguments.idle else os.cpu_count() or 1):
            ways = {name: code for name, code in WAYS.items() if arguments.ways in name}
            found = measure(launcher, ways, arguments.repetitions)
    finally:
        launcher.close()
    if arguments.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{'':34}{'wrong':>6}{'s':>7}  {'noise':20}{'evaluations at 1,024':24}exponent")
    for name, row in found.items():
        noise, ratio, exponent = (
            _shown(row["noise"], ".0e"), _shown(row["evaluations"], ".3g"), _shown(row["exponent"], ".2f"),
        )  # fmt: skip
        mark = "+" if row["reverse"] else "-"
        print(f"{mark} {name:32}{row['wrong']:6}{row['seconds']:7.2f}  {noise:20}{ratio:24}{exponent}")


if __name__ == "__main__":
    main()
