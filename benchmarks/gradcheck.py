"""How often do gradient checkers err? Ours and others on one bank of right and wrong gradients, in one run.

    python benchmarks/gradcheck.py                  the bank beside every peer that is installed
    python benchmarks/gradcheck.py --full           ours alone: the bank on 20 seeds, 3,000 random networks of today
    python benchmarks/gradcheck.py --fuzz 300       random networks beside every peer

A false accept is a wrong gradient that passes, a false reject a right one that fails. `no verdict` counts cases in
which a checker ran out of memory or of its seconds. `calls` are of f and of the gradient. The bank was written with
the weaknesses of fixed steps and tolerances in mind, so the random networks say more about how peers compare.

--full ends with exit code 1 if ours makes any error. The diagnosis is measured in sample on the bank, with which its
rules were written, and held out on the random networks: they are drawn from a seed of the day, so nobody has tuned
anything to them; the mistakes put into them are of the same kinds, so this says how the rules fare in other networks,
not on other mistakes.
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from grader import check_gradient
from tests.bank.bank import CASES
from tests.bank.case import Case
from tests.bank.fuzz.draw import draw
from tests.bank.peers import PEERS, Peer, Trial, judge, version

SEEDS, NETWORKS = 20, 3000


@dataclass(slots=True)
class Tally:
    """What one checker did."""

    wrong: int = 0
    right: int = 0
    false_accepts: list[str] = field(default_factory=list)
    false_rejects: list[str] = field(default_factory=list)
    no_verdict: list[str] = field(default_factory=list)
    calls: int = 0
    seconds: float = 0.0

    def add(self, case: Case, seed: int, accepts: bool | None) -> None:
        """One verdict."""
        name = f"{case.name} [{case.family}, seed {seed}]"
        self.right, self.wrong = self.right + case.right, self.wrong + (not case.right)
        if accepts is None:
            self.no_verdict.append(name)
        elif accepts != case.right:
            (self.false_accepts if accepts else self.false_rejects).append(name)


@dataclass(slots=True)
class Diagnoses:
    """What ours said of the wrong gradients that it found."""

    with_rule: int = 0
    named: int = 0  # of these, something was said
    true: int = 0  # of what was said, it was the mistake
    without_rule: int = 0
    said_anyway: int = 0
    astray: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, case: Case, said: str | None) -> None:
        """One wrong gradient."""
        if case.code is None:
            self.without_rule, self.said_anyway = self.without_rule + 1, self.said_anyway + (said is not None)
            return
        true = said in (case.code, *case.also)
        self.with_rule, self.named, self.true = self.with_rule + 1, self.named + (said is not None), self.true + true
        if not true:
            self.astray[case.code, said or "nothing"] += 1

    def show(self, title: str) -> None:
        """Top-1, precision, and the commonest misses."""
        top = 100 * self.true / max(self.with_rule, 1)
        precision = 100 * self.true / max(self.named, 1)
        print(f"diagnosis, {title}: of {self.with_rule} wrong gradients whose mistake has a rule, the first thing said "
              f"is true of {self.true} ({top:.1f} %); of {self.named} things said, {precision:.1f} % are true; "
              f"of {self.without_rule} mistakes without a rule, something is said of {self.said_anyway}")  # fmt: skip
        for (code, said), count in self.astray.most_common(12):
            print(f"    {count:4d} x {code}: said {said}")


def ours(trial: Trial, seed: int, case: Case, diagnoses: Diagnoses | None) -> bool:
    """The verdict of ours; what it says of a wrong gradient goes to the diagnoses."""
    report = check_gradient(trial.f, trial.vjp, trial.params, seed=seed)
    if diagnoses is not None and not case.right and not report.passed:
        diagnoses.add(case, report.diagnosis.code if report.diagnosis else None)
    return bool(report.passed)


def run(
    cases: Sequence[tuple[Case, int]], seconds: float, peer: Peer | None = None, diagnoses: Diagnoses | None = None
) -> Tally:
    """One checker, ours without a peer, on cases with their seeds."""
    tally = Tally()
    for case, seed in cases:
        trial = Trial(case, seed, seconds)
        checker = peer or partial(ours, seed=seed, case=case, diagnoses=diagnoses)
        began = time.perf_counter()
        accepts = judge(checker, trial)
        tally.seconds += time.perf_counter() - began
        tally.calls += trial.calls
        tally.add(case, seed, accepts)
    return tally


def row(name: str, tally: Tally) -> str:
    """A row of the table."""
    errors = f"{len(tally.false_accepts)} / {tally.wrong} | {len(tally.false_rejects)} / {tally.right}"
    return f"| {name} | {errors} | {len(tally.no_verdict)} | {tally.calls:,} | {tally.seconds:.1f} |"


def show_errors(tally: Tally) -> None:
    """Every error by name and seed."""
    for title, names in (
        ("false accept", tally.false_accepts),
        ("false reject", tally.false_rejects),
        ("no verdict", tally.no_verdict),
    ):
        for name in names:
            print(f"    {title}: {name}")


def compare(cases: Sequence[tuple[Case, int]], seconds: float, *, names: bool) -> None:
    """The table: ours and every peer that is installed."""
    print("| checker | false accepts | false rejects | no verdict | calls | seconds |\n|---|---|---|---|---|---|")
    found = {"gradgrader": run(cases, seconds)}
    print(row("gradgrader", found["gradgrader"]), flush=True)
    skipped = []
    for name, (package, peer) in PEERS.items():
        if (installed := version(package)) is None:
            skipped.append(name)
            continue
        found[name] = run(cases, seconds, peer)
        print(row(f"{name} ({package} {installed})" if installed else name, found[name]), flush=True)
    print(f"skipped, for they are not installed: {', '.join(skipped) or 'none'}")
    for name, tally in found.items():
        if names or name == "gradgrader":
            print(name)
            show_errors(tally)


def full(seconds: float, networks: int, day: int) -> int:
    """Ours alone at full size; 0 if it makes no error."""
    bank = [(case, seed) for seed in range(SEEDS) for case in CASES]
    fresh = [(draw(seed), seed) for seed in range(day * 10_000, day * 10_000 + networks)]
    errors = 0
    print("| gradgrader on | false accepts | false rejects | no verdict | calls | seconds |\n|---|---|---|---|---|---|")
    for title, split, cases in (
        (f"the bank, {len(CASES)} cases on {SEEDS} seeds", "in sample (the bank)", bank),
        (f"{networks} random networks of day {day}", "held out (random networks of the day)", fresh),
    ):
        diagnoses = Diagnoses()
        tally = run(cases, seconds, diagnoses=diagnoses)
        print(row(title, tally), flush=True)
        show_errors(tally)
        diagnoses.show(split)
        errors += len(tally.false_accepts) + len(tally.false_rejects) + len(tally.no_verdict)
    return 1 if errors else 0


def main() -> int:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="ours alone, at full size")
    parser.add_argument("--fuzz", type=int, default=0, help="random networks instead of the bank, so many")
    parser.add_argument("--seconds", type=float, default=60.0, help="that a checker has for a case (60)")
    parser.add_argument("--small", action="store_true", help="without the cases of 100,000 parameters")
    parser.add_argument("--names", action="store_true", help="print every error of every peer")
    parser.add_argument("--day", type=int, default=datetime.datetime.now(datetime.UTC).date().toordinal(),
                        help="of the random networks: to see another day's again")  # fmt: skip
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.full:
        return full(options.seconds, NETWORKS, options.day)
    cases = [(case, 0) for case in CASES if not (case.large and options.small)]
    if options.fuzz:
        start = options.day * 10_000
        cases = [(draw(seed), seed) for seed in range(start, start + options.fuzz)]
    compare(cases, options.seconds, names=options.names)
    return 0


if __name__ == "__main__":
    sys.exit(main())
