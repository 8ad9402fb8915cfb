"""The training loops of the bank are what their names say: the right ones agree, each bug is far from them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bank.training import BUGS, OPTIMISER, REFERENCE, RIGHT, Train, problem

SEEDS = range(5)
STEPS = 3


def distance(name: str, train: Train, seed: int, steps: int = STEPS) -> float:
    """Between the parameters of a loop and of the reference: the largest over the arrays, relative to their norm."""
    params, batches, hyper = problem(seed, OPTIMISER[name], steps=steps)
    before = {key: p.copy() for key, p in params.items()}
    got = train(params, batches, **hyper)
    assert all(np.array_equal(params[key], before[key]) for key in before)
    expected = REFERENCE[OPTIMISER[name]](params, batches, **hyper)
    return max(float(np.linalg.norm(got[k] - e) / np.linalg.norm(e)) for k, e in expected.items())


@pytest.mark.parametrize("name", RIGHT)
def test_right_loops_agree_whatever_their_style(name: str) -> None:
    bound = 1e-4 if "float32" in name else 1e-9
    assert max(distance(name, RIGHT[name], seed) for seed in SEEDS) <= bound


@pytest.mark.parametrize("name", BUGS)
def test_every_bug_is_far_from_right_after_three_steps(name: str) -> None:
    assert min(distance(name, BUGS[name], seed) for seed in SEEDS) >= 1e-3


@pytest.mark.parametrize("name", ["gradients not zeroed", "gradients one batch late"])
def test_one_step_does_not_show_what_is_carried_over(name: str) -> None:
    assert distance(name, BUGS[name], 0, steps=1) == 0


def test_there_are_the_eighteen_bugs_and_every_loop_has_a_reference() -> None:
    assert len(BUGS) == 18
    assert {OPTIMISER[name] for name in BUGS} == set(REFERENCE) == {OPTIMISER[name] for name in RIGHT}
