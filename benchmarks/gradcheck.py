"""How often do gradient checkers err? Ours and others on one bank of right and wrong gradients, in one run.

    python benchmarks/gradcheck.py                  the bank beside every peer that is installed
    python benchmarks/gradcheck.py --fuzz 300       random networks of today beside every peer
    python benchmarks/gradcheck.py --full           ours alone: the bank on 20 seeds, 3,000 random networks of today

A false accept is a wrong gradient that passes, a false reject a right one that fails. No verdict: out of memory, out of
its seconds, or, ours, a statement that rounding hides the derivative. `calls` are of f and of the gradient, `seconds`
those of the processor. The bank was written with the weaknesses of fixed steps and tolerances in mind, and some of its
cases lie outside what a peer promises (float32, kinks), so the random networks say more about how peers compare.

--full ends with exit code 1 if ours makes any error, or gives no verdict where rounding does not hide everything. The
diagnosis is measured in sample on the bank, with which its rules were written, and held out on the random networks:
they are drawn from a seed of the day, so nobody has tuned anything to them; the mistakes put into them are of the same
kinds, so this says how the rules fare in other networks, not on other mistakes.
"""

from __future__ import annotations

import argparse
import datetime
import multiprocessing
import os
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from grader import check_gradient
from tests.bank.bank import CASES, HIDDEN
from tests.bank.case import Case
from tests.bank.fuzz.draw import draw
from tests.bank.peers import PEERS, Peer, Trial, judge, version

SEEDS, NETWORKS = 20, 3000
NOT_JUDGED = {"too-coarse", "not-finite-nearby"}  # reasons of ours that say nothing about the gradient
HEAD = "| checker | false accepts | false rejects | no verdict | calls | seconds |\n|---|---|---|---|---|---|"
Labelled = tuple[Case, int]  # a case and the seed to make it from


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a checker said of one case, and what that took; `said` is the diagnosis' code."""

    accepts: bool | None
    calls: int
    seconds: float
    said: str | None = None


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

    def add(self, case: Case, seed: int, verdict: Verdict) -> None:
        """One verdict."""
        name = f"{case.name} [{case.family}, seed {seed}]"
        self.right, self.wrong = self.right + case.right, self.wrong + (not case.right)
        self.calls, self.seconds = self.calls + verdict.calls, self.seconds + verdict.seconds
        if verdict.accepts is None:
            self.no_verdict.append(name)
        elif verdict.accepts != case.right:
            (self.false_accepts if verdict.accepts else self.false_rejects).append(name)

    def row(self, name: str) -> str:
        """A row of the table."""
        errors = f"{len(self.false_accepts)} / {self.wrong} | {len(self.false_rejects)} / {self.right}"
        return f"| {name} | {errors} | {len(self.no_verdict)} | {self.calls:,} | {self.seconds:.1f} |"

    def show(self) -> None:
        """Every error by name and seed."""
        for title in ("false accepts", "false rejects", "no verdict"):
            for name in getattr(self, title.replace(" ", "_")):
                print(f"    {title}: {name}")


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
        top, precision = (100 * self.true / max(count, 1) for count in (self.with_rule, self.named))
        print(f"diagnosis, {title}")
        print(f"    of {self.with_rule} whose mistake has a rule, the first thing said is true of {top:.1f} %")
        print(f"    of {self.named} of these of which something is said, it is true of {precision:.1f} %")
        print(f"    of {self.without_rule} whose mistake has no rule, something is said of {self.said_anyway}")
        for (code, said), count in self.astray.most_common(15):
            print(f"    {count:5d} x {code}: said {said}")


def ours(trial: Trial, seed: int) -> tuple[bool | None, str | None]:
    """The verdict of ours, and its diagnosis."""
    report = check_gradient(trial.f, trial.vjp, trial.params, seed=seed)
    if NOT_JUDGED & {reason.code for reason in report.reasons}:
        return None, None
    return report.passed, report.diagnosis.code if report.diagnosis else None


def verdict(case: Case, seed: int, seconds: float, peer: Peer | None = None) -> Verdict:
    """Of one checker, ours without a peer, on one case."""
    trial, said = Trial(case, seed, seconds), None
    began = time.process_time()
    if peer:
        accepts = judge(peer, trial)
    else:
        accepts, said = ours(trial, seed)
    return Verdict(accepts, trial.calls, time.process_time() - began, said)


def run(cases: Sequence[Labelled], verdicts: Iterable[Verdict]) -> tuple[Tally, Diagnoses]:
    """One checker's verdicts, added up."""
    tally, diagnoses = Tally(), Diagnoses()
    for (case, seed), one in zip(cases, verdicts, strict=True):
        tally.add(case, seed, one)
        if not case.right and one.accepts is False:
            diagnoses.add(case, one.said)
    return tally, diagnoses


def compare(cases: Sequence[Labelled], seconds: float, *, names: bool) -> None:
    """The table: ours and every peer that is installed."""
    print(HEAD)
    errors, skipped = [], []
    for name, (package, peer) in {"gradgrader": ("", None), **PEERS}.items():
        if (installed := version(package)) is None:
            skipped.append(name)
            continue
        tally, diagnoses = run(cases, (verdict(case, seed, seconds, peer) for case, seed in cases))
        print(tally.row(f"{name} ({package} {installed})" if installed else name), flush=True)
        if peer is None:
            ours_said = diagnoses
        if names or peer is None:
            errors.append((name, tally))
    print(f"skipped, for they are not installed: {', '.join(skipped) or 'none'}")
    for name, tally in errors:
        print(f"errors of {name}")
        tally.show()
    ours_said.show("gradgrader")


def full(networks: int, day: int, jobs: int) -> int:
    """Ours alone at full size; 0 if it makes no error."""
    bank = [(case, seed) for seed in range(SEEDS) for case in CASES]
    fresh = [(draw(seed), seed) for seed in range(day * 10_000, day * 10_000 + networks)]
    errors = 0
    print(HEAD)
    for title, split, cases in (
        (f"the bank, {len(CASES)} cases on {SEEDS} seeds", "in sample: the bank", bank),
        (f"{networks} random networks of day {day}", "held out: the random networks of the day", fresh),
    ):
        tally, diagnoses = run(cases, in_parallel(cases, jobs))
        print(tally.row(title))
        tally.show()
        diagnoses.show(split)
        sys.stdout.flush()
        withheld = [name for name in tally.no_verdict if name.partition(" [")[0] not in HIDDEN]
        errors += len(tally.false_accepts) + len(tally.false_rejects) + len(withheld)
    return 1 if errors else 0


def in_parallel(cases: Sequence[Labelled], jobs: int) -> Iterable[Verdict]:
    """Ours on every case, in their order, by so many processes."""
    global _cases  # noqa: PLW0603 - a forked process has the cases, which are made of functions, from here
    _cases = cases
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(_verdict_at, range(len(cases)), chunksize=20)


_cases: Sequence[Labelled] = ()


def _verdict_at(index: int) -> Verdict:
    case, seed = _cases[index]
    return verdict(case, seed, seconds=float("inf"))


def main() -> int:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="ours alone, at full size")
    parser.add_argument("--fuzz", type=int, default=0, help="random networks instead of the bank, so many")
    parser.add_argument("--seconds", type=float, default=60.0, help="that a checker has for a case (60)")
    parser.add_argument("--small", action="store_true", help="without the cases of 100,000 parameters")
    parser.add_argument("--names", action="store_true", help="print every error of every peer")
    parser.add_argument("--jobs", type=int, default=2, help="processes for --full (2)")
    today = datetime.datetime.now(datetime.UTC).date().toordinal()
    parser.add_argument("--day", type=int, default=today, help="of the random networks: to see another day's again")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.full:
        return full(NETWORKS, options.day, options.jobs)
    cases = [(case, 0) for case in CASES if not (case.large and options.small)]
    if options.fuzz:
        start = options.day * 10_000
        cases = [(draw(seed), seed) for seed in range(start, start + options.fuzz)]
    compare(cases, options.seconds, names=options.names)
    return 0


if __name__ == "__main__":
    sys.exit(main())
