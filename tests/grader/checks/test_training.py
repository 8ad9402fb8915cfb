"""assert_same_trajectory: right training passes in any order of summation, each known mistake does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from grader.checks import CheckContext, assert_same_trajectory
from grader.checks.context import running
from grader.model import CheckFailed, Finding, Outcome
from grader.sandbox import Launcher
from tests.bank import training as bank
from tests.bank.recipe import Recipe
from tests.support import judged

RATES = (1.0, 1e-2, 1e-6)  # of the bank's own


def problem(seed: int = 0, optimiser: str = "sgd", rate: float = 1.0) -> dict[str, Any]:
    params, batches, hyper = bank.problem(seed, optimiser)
    hyper["rate"] *= rate
    return {"like": bank.REFERENCE[optimiser], "params": params, "batches": batches, **hyper}


def finding(train: Callable[..., object], **options: Any) -> Finding:
    with pytest.raises(CheckFailed) as caught:
        assert_same_trajectory(train, **{**problem(), **options})
    return caught.value.finding


@pytest.mark.parametrize("name", bank.RIGHT)
@pytest.mark.parametrize("rate", RATES)
def test_right_training_passes_in_every_style_and_order(name: str, rate: float) -> None:
    for seed in range(10):
        assert_same_trajectory(bank.RIGHT[name], **problem(seed, bank.OPTIMISER[name], rate))


@pytest.mark.parametrize("name", bank.BUGS)
@pytest.mark.parametrize("rate", RATES)
def test_each_known_mistake_fails_also_where_steps_are_small(name: str, rate: float) -> None:
    for seed in range(5):
        with pytest.raises(CheckFailed):
            assert_same_trajectory(bank.BUGS[name], **problem(seed, bank.OPTIMISER[name], rate))


@pytest.mark.parametrize("name", bank.BUGS)
def test_float32_hides_no_mistake(name: str) -> None:
    recipe = bank.BUGS[name]
    assert isinstance(recipe, Recipe)
    for seed in range(5):
        with pytest.raises(CheckFailed):
            assert_same_trajectory(replace(recipe, dtype=np.float32), **problem(seed, bank.OPTIMISER[name]))


def test_the_first_step_that_goes_wrong_is_named() -> None:
    says = finding(bank.BUGS["gradients not zeroed"]).says
    assert says.startswith("the parameters are wrong after step 2, and not before: ")
    assert finding(bank.BUGS["W1's sign"]).says == "the parameters are wrong after the first step: W1"


def test_a_constant_factor_of_the_step_is_diagnosed() -> None:
    surroundings = CheckContext()
    surroundings.sizes["N"] = 32
    with running(surroundings):
        for name, code in (
            ("missing 1/m", "missing-mean"),
            ("climbs", "sign"),
            ("W2's gradient transposed", "transposed"),
        ):
            found = finding(bank.BUGS[name]).diagnosis
            assert found is not None
            assert found.code == code


def test_what_is_true_of_one_parameter_alone_is_no_diagnosis() -> None:
    """Where the gradient that is clipped is wrong elsewhere, the bias of the last layer is off by a factor too."""

    def train(params: Any, batches: Any, **hyper: Any) -> Any:
        trained = bank.SGD(params, batches, **hyper)
        far = {name: params[name] + 30 * (trained[name] - params[name]) for name in trained}
        return far | {"W1": trained["W1"] + 1e-3 * params["W1"]}

    found = finding(train)
    assert found.says == "the parameters are wrong after the first step: W1, W2, W3, b1, b2, b3"
    assert found.diagnosis is None


def test_what_does_not_move_is_said_so() -> None:
    assert finding(lambda params, batches, **_: params).says == "the parameters did not change in 3 steps"
    says = finding(bank.BUGS["first layer gets zero"]).says
    assert says in {"W1 did not change in one step", "b1 did not change in one step"}


def test_copies_are_given_so_that_all_may_be_changed_in_place() -> None:
    def train(params: Any, batches: Any, *, rate: float) -> Any:
        for X, y in batches:
            gradient = bank.SGD.backward(params, X, y)
            for key in params:
                params[key] -= rate * gradient[key]
            X[:] = 0.0
        return params

    given = problem()
    before = given["batches"][0][0].copy()
    assert_same_trajectory(train, **given)
    np.testing.assert_array_equal(given["batches"][0][0], before)


def test_parameters_may_be_nested_and_a_list_comes_back_as_a_tuple() -> None:
    params, batches, rates = bank.problem(0)
    hyper: dict[str, Any] = dict(rates)

    def nested(flat: Any) -> Any:
        return [{"W": flat[f"W{k}"], "b": [flat[f"b{k}"]]} for k in (1, 2, 3)]

    def train(layers: Any, batches: Any, recipe: Any = bank.SGD, **hyper: Any) -> Any:
        flat = {f"{key}{k}": layer[key] for k, layer in enumerate(layers, 1) for key in ("W", "b")}
        flat |= {f"b{k}": flat[f"b{k}"][0] for k in (1, 2, 3)}
        return tuple(nested(recipe(flat, batches, **hyper)))

    assert_same_trajectory(train, like=train, params=nested(params), batches=batches, **hyper)
    wrong = partial(train, recipe=bank.BUGS["biases averaged"])
    with pytest.raises(CheckFailed) as caught:
        assert_same_trajectory(wrong, like=train, params=nested(params), batches=batches, **hyper)
    assert caught.value.finding.says.startswith("the parameters are wrong after the first step: params[0].b[0], ")


def with_W1(change: Callable[[Any], Any]) -> Callable[..., object]:
    return lambda params, batches, **hyper: (
        (trained := bank.SGD(params, batches, **hyper)) | {"W1": change(trained["W1"])}
    )


@pytest.mark.parametrize(
    ("train", "says"),
    [
        (with_W1(lambda W: W.T), "W1 has the wrong shape, (24, 2): no step changes it"),
        (with_W1(lambda W: W * np.nan), "W1 holds NaN (not a number)"),
        (with_W1(lambda W: 1e308 * np.sign(-W)), "the parameters are wrong after the first step: W1"),
        (with_W1(lambda W: W + np.inf), "W1 holds an infinite number"),
        (with_W1(lambda W: W + 0j), "W1 is complex"),
        (with_W1(lambda W: "W"), "W1 is not an array of numbers"),
        (lambda p, b, **k: {"W1": p["W1"]}, "W2 is missing from the parameters that come back"),
        (lambda p, b, **k: p | {"loss": 1.0}, "loss does not belong into the parameters that come back"),
        (lambda p, b, **k: None, "W1 is missing from the parameters that come back"),
        (lambda p, b, **k: {}, "W1 is missing from the parameters that come back"),
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
        ({"steps": 6}, "a batch for each of 6 steps, not 5"),
        ({"steps": 0}, "a batch for each of 0 steps"),
        ({"like": lambda p, b, **k: p}, "does not move the parameters"),
        ({"like": lambda p, b, **k: {}}, "another structure"),
        ({"like": with_W1(lambda W: W * np.nan)}, "finite real numbers"),
    ],
)
def test_a_mistake_of_the_author_is_a_value_error(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        assert_same_trajectory(bank.SGD, **{**problem(), **options})


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
