"""Our gradient checker accepts every right gradient of the bank and rejects every wrong one.

On a few seeds, and on a fixed set of random networks; `benchmarks/gradcheck.py --full` runs many of both. Judged is the
verdict alone: the search for a cause takes longer than it, and has tests of its own. Nor is coverage measured here,
where the same few functions are run a million times.
"""

from __future__ import annotations

import numpy as np
import pytest

from grader import check_gradient
from grader.checks.gradient import method
from tests.bank.bank import BY_NAME, CASES, HIDDEN, SMALL
from tests.bank.case import Case
from tests.bank.fuzz.draw import draw

SEEDS = range(2)
NETWORKS = range(300)


@pytest.fixture(autouse=True)
def _verdicts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(method, "diagnose", lambda _evidence, _known: None)


def verdict(case: Case, seed: int) -> tuple[bool, str]:
    """Whether the gradient passes, and what is said of it."""
    f, vjp, params = case.make(np.random.default_rng(seed))
    report = check_gradient(f, vjp, params, seed=seed)
    return report.passed, f"seed {seed}: {report.reasons}"


@pytest.mark.parametrize("case", [case for case in SMALL if case.name not in HIDDEN], ids=lambda case: case.name)
def test_verdict(case: Case) -> None:
    errors = [said for passed, said in (verdict(case, seed) for seed in SEEDS) if passed != case.right]
    assert errors == []


@pytest.mark.parametrize("case", [case for case in CASES if case.large], ids=lambda case: case.name)
def test_verdict_on_many_parameters(case: Case) -> None:
    passed, said = verdict(case, 0)
    assert passed == case.right, said


@pytest.mark.parametrize("name", sorted(HIDDEN))
def test_what_rounding_hides_is_not_called_wrong(name: str) -> None:
    for seed in SEEDS:
        f, vjp, params = BY_NAME[name].make(np.random.default_rng(seed))
        report = check_gradient(f, vjp, params, seed=seed)
        assert report.passed or [reason.code for reason in report.reasons] == ["too-coarse"]


@pytest.mark.parametrize("first", range(NETWORKS.start, NETWORKS.stop, 50))
def test_verdict_on_random_networks(first: int) -> None:
    cases = {seed: draw(seed) for seed in range(first, first + 50)}
    found = {seed: verdict(case, seed) for seed, case in cases.items()}
    errors = [f"{cases[seed].name}: {said}" for seed, (passed, said) in found.items() if passed != cases[seed].right]
    assert errors == []
