"""assert_same_trajectory: right training passes in any order of summation, each known mistake does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checks import CheckContext, assert_same_trajectory
from grader.checks.context import running
from grader.model import CheckFailed, Finding, Outcome
from grader.sandbox import Launcher
from tests.grader.checks import training_bank as bank
from tests.support import judged


def problem(seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    batches = [bank.spirals(32, rng) for _ in range(4)]
    return {"like": bank.train, "params": bank.initial(rng), "batches": batches}


def finding(train: Callable[..., object], **options: Any) -> Finding:
    with pytest.raises(CheckFailed) as caught:
        assert_same_trajectory(train, **{**problem(), **options})
    return caught.value.finding


def in_another_order(params: Any, batches: Any, **hyper: Any) -> Any:
    orders = [np.random.default_rng(k).permutation(len(y)) for k, (_, y) in enumerate(batches)]
    return bank.train(params, [(X[o], y[o]) for o, (X, y) in zip(orders, batches, strict=True)], **hyper)


def in_float32(params: Any, batches: Any, **hyper: Any) -> Any:
    narrow = [{key: array.astype(np.float32) for key, array in layer.items()} for layer in params]
    return bank.train(narrow, [(X.astype(np.float32), y) for X, y in batches], **hyper)


@pytest.mark.parametrize("optimiser", bank.RIGHT)
@pytest.mark.parametrize("train", [bank.train, in_another_order, in_float32])
@pytest.mark.parametrize("lr", [0.3, 1e-3])
def test_right_training_passes(train: Callable[..., object], optimiser: str, lr: float) -> None:
    for seed in range(10):
        assert_same_trajectory(train, **problem(seed), optimiser=optimiser, lr=lr)


@pytest.mark.parametrize(("bug", "optimiser"), bank.BUGS)
@pytest.mark.parametrize("lr", [0.3, 1e-3, 1e-7])
def test_each_known_mistake_fails(bug: str, optimiser: str, lr: float) -> None:
    for seed in range(5):
        with pytest.raises(CheckFailed):
            assert_same_trajectory(
                lambda *a, **k: bank.train(*a, bug=bug, **k), **problem(seed), optimiser=optimiser, lr=lr
            )


def in_float32_with(bug: str) -> Callable[..., object]:
    return lambda params, batches, **hyper: in_float32(params, batches, bug=bug, **hyper)


@pytest.mark.parametrize(("bug", "optimiser"), bank.BUGS)
def test_float32_hides_no_mistake(bug: str, optimiser: str) -> None:
    for seed in range(5):
        with pytest.raises(CheckFailed):
            assert_same_trajectory(in_float32_with(bug), **problem(seed), optimiser=optimiser)


def test_the_first_step_that_goes_wrong_is_named() -> None:
    says = finding(lambda *a, **k: bank.train(*a, bug="not zeroed", **k)).says
    assert says.startswith("the parameters are wrong after step 2, and not before: ")
    says = finding(lambda *a, **k: bank.train(*a, bug="sign of W1", **k)).says
    assert says == "the parameters are wrong after the first step: params[0].W"


def test_a_constant_factor_of_the_step_is_diagnosed() -> None:
    surroundings = CheckContext()
    surroundings.sizes["N"] = 32
    with running(surroundings):
        found = finding(lambda *a, **k: bank.train(*a, bug="missing 1/m", **k)).diagnosis
    assert found is not None
    assert found.code == "missing-mean"
    found = finding(lambda *a, **k: bank.train(*a, bug="wrong way", **k)).diagnosis
    assert found is not None
    assert found.code == "sign"


def test_what_does_not_move_is_said_so() -> None:
    assert finding(lambda params, batches, **_: params).says == "the parameters did not change in 3 steps"
    says = finding(lambda *a, **k: bank.train(*a, bug="first layer frozen", **k)).says
    assert says in {"params[0].W did not change in one step", "params[0].b did not change in one step"}


def test_parameters_may_be_changed_in_place_and_come_back_as_tuples() -> None:
    def train(params: Any, batches: Any, *, lr: float = 0.3) -> Any:
        for batch in batches:
            for layer, gradient in zip(params, bank.gradients(params, *batch), strict=True):
                for key in layer:
                    layer[key] -= lr * gradient[key]
            batch[0][:] = 0.0
        return tuple(params)

    given = problem()
    before = given["batches"][0][0].copy()
    assert_same_trajectory(train, **given)
    np.testing.assert_array_equal(given["batches"][0][0], before)


def with_first(change: Callable[[Any], Any]) -> Callable[..., object]:
    def train(params: Any, batches: Any, **hyper: Any) -> Any:
        trained = bank.train(params, batches, **hyper)
        trained[0]["W"] = change(trained[0]["W"])
        return trained

    return train


@pytest.mark.parametrize(
    ("train", "says"),
    [
        (with_first(lambda W: W.T), "params[0].W has the wrong shape, (12, 2): no step changes it"),
        (with_first(lambda W: W * np.nan), "params[0].W holds NaN (not a number)"),
        (with_first(lambda W: W + np.inf), "params[0].W holds an infinite number"),
        (with_first(lambda W: W + 0j), "params[0].W is complex"),
        (with_first(lambda W: "W"), "params[0].W is not an array of numbers"),
        (lambda p, b, **k: bank.train(p, b, **k)[:2], "params[2].W is missing from the parameters that come back"),
        (lambda p, b, **k: [*bank.train(p, b, **k), 1.0], "params[3] does not belong into the parameters"),
        (lambda p, b, **k: None, "params[0].W is missing from the parameters that come back"),
        (lambda p, b, **k: {}, "params[0].W is missing from the parameters that come back"),
    ],
)
def test_another_form_has_a_message_of_its_own(train: Callable[..., object], says: str) -> None:
    assert finding(train).says.startswith(says)


def test_a_bare_array_and_a_number_are_parameters_too() -> None:
    def descend(w: Any, batches: Any, lr: float) -> Any:
        for x, y in batches:
            w = w - lr * (w * x - y) * x
        return w

    batches = [(1.0, 2.0), (3.0, 1.0), (2.0, 2.0)]
    for start in (0.0, np.zeros(3)):
        assert_same_trajectory(descend, like=descend, params=start, batches=batches, lr=0.1)
        with pytest.raises(CheckFailed):
            assert_same_trajectory(
                lambda w, b, lr: descend(w, b, 2 * lr), like=descend, params=start, batches=batches, lr=0.1
            )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"steps": 5}, "a batch for each of 5 steps, not 4"),
        ({"steps": 0}, "a batch for each of 0 steps"),
        ({"like": lambda p, b: p}, "does not move the parameters"),
        ({"like": lambda p, b: p[:1]}, "another structure"),
        ({"like": with_first(lambda W: W * np.nan)}, "finite real numbers"),
    ],
)
def test_a_mistake_of_the_author_is_a_value_error(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        assert_same_trajectory(bank.train, **{**problem(), **options})


WORK = """
def train(params, batches, lr):
    W, b = params["W"], params["b"]
    for X, y in batches:
        d = 2 * (X @ W + b - y) / len(y)
        W -= lr * X.T @ d
        b = b - lr * d.sum()
    return {"b": b, "W": W}
"""


def like(params: Any, batches: Any, lr: float) -> Any:
    W, b = params["W"], params["b"]
    for X, y in batches:
        d = 2 * (X @ W + b - y) / len(y)
        W, b = W - lr * X.T @ d, b - lr * d.sum()
    return {"W": W, "b": b}


def through_the_wall(student: Any, draw: Any) -> None:
    """Trains as it should."""
    batches = [(draw.rng.normal(size=(8, 3)), draw.rng.normal(size=8)) for _ in range(3)]
    params = {"W": draw.rng.normal(size=3), "b": 0.5}
    assert_same_trajectory(student.train, like=like, params=params, batches=batches, lr=0.1)


def test_it_judges_through_the_wall(launcher: Launcher) -> None:
    assert judged(launcher, through_the_wall, WORK, solution=WORK).outcome is Outcome.PASSED
    wrong = judged(launcher, through_the_wall, WORK.replace("X.T @ d", "X.T @ d * 2"), solution=WORK)
    assert wrong.outcome is Outcome.FAILED
    assert wrong.finding is not None
    assert wrong.finding.says == "the parameters are wrong after the first step: W"
