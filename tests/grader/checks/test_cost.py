"""assert_cost: reverse mode passes however it is written; what costs as many evaluations as there are inputs does not.

No test asserts a time: what is asserted is the verdict. benchmarks/cost.py asks for it 200 times on a busy machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import CheckContext, Draw, assert_cost
from grader.checks.context import running
from grader.checks.noise import NOISE, noise_of
from grader.engine.student import Student
from grader.model import CheckFailed, Finding, Outcome, Result
from grader.sandbox import Launcher, open_launcher
from tests.grader.checks import cost_bank as bank
from tests.support import LIMITS, judged, loaded

ROOMY = LIMITS.__class__(wall_seconds=60.0, cpu_seconds=60.0, load_seconds=20.0, cell_seconds=20.0)
BY_NOISE = ("central differences", "differences of the fourth order")


def functions(code: str) -> tuple[Any, Any]:
    """The function and its gradient, here."""
    names: dict[str, Any] = {}
    exec(bank.COMMON + code, names)
    return names["f"], names["gradient"]


F = functions(bank.BY_HAND)[0]


def is_reverse_mode(student: Any, draw: Any) -> None:
    """gradient is reverse mode."""
    assert_cost(student.gradient, of=F, at=draw.rng.standard_normal)


def beside_their_own(student: Any, draw: Any) -> None:
    """gradient is reverse mode."""
    assert_cost(student.gradient, of=student.f, at=draw.rng.standard_normal)


def graded(launcher: Launcher, code: str, check: Any = is_reverse_mode) -> Result:
    solution = bank.COMMON + bank.BY_HAND
    return judged(launcher, check, bank.COMMON + code, solution=solution, limits=ROOMY)


@pytest.mark.parametrize("check", [is_reverse_mode, beside_their_own])
@pytest.mark.parametrize("code", [*bank.REVERSE.values(), *bank.SINGLE.values()], ids=[*bank.REVERSE, *bank.SINGLE])
def test_reverse_mode_passes(launcher: Launcher, code: str, check: Any) -> None:
    result = graded(launcher, code, check)
    assert result.outcome is Outcome.PASSED, result.finding
    assert result.evidence["evaluations per gradient, by size"]


@pytest.mark.parametrize("check", [is_reverse_mode, beside_their_own])
@pytest.mark.parametrize("code", bank.OTHERS.values(), ids=bank.OTHERS)
def test_everything_else_does_not(launcher: Launcher, code: str, check: Any) -> None:
    assert graded(launcher, code, check).outcome is Outcome.FAILED


@pytest.mark.parametrize("code", bank.HIDING.values(), ids=bank.HIDING)
def test_nor_does_what_hides(launcher: Launcher, code: str) -> None:
    assert graded(launcher, code).outcome is Outcome.FAILED


def test_where_the_kernel_keeps_no_account_the_clock_on_the_wall_has_to_do() -> None:
    """As with a fresh interpreter per check: its verdict may depend on how busy the machine is, so it is not asked."""
    fresh = open_launcher(("numpy",), fork=False)
    try:
        with loaded(fresh, bank.COMMON + bank.BY_HAND, ROOMY) as guest, guest.check(ROOMY) as child:
            value, cost = Student(child, Draw(None, CheckContext())).gradient.cost(np.ones(3))
    finally:
        fresh.close()
    np.testing.assert_allclose(value, functions(bank.BY_HAND)[1](np.ones(3)))
    assert 0 < cost.cpu_ns <= child.seconds * 1e9 + 1
    assert cost.memory is None


# ---------------------------------------------------------------------------------------------- plain functions


def finding(code: str, **options: Any) -> Finding:
    rng = np.random.default_rng(0)
    with pytest.raises(CheckFailed) as caught:
        assert_cost(functions(code)[1], **{"of": F, "at": rng.standard_normal, **options})
    return caught.value.finding


@pytest.mark.parametrize("code", [*bank.REVERSE.values(), *bank.SINGLE.values()], ids=[*bank.REVERSE, *bank.SINGLE])
def test_plain_functions_in_reverse_mode_pass(code: str) -> None:
    assert_cost(functions(code)[1], of=F, at=np.random.default_rng(0).standard_normal)


@pytest.mark.parametrize("name", bank.OTHERS)
def test_plain_functions_in_other_modes_do_not_and_are_told_why(name: str) -> None:
    says = finding(bank.OTHERS[name]).says
    if name in BY_NOISE:
        assert says.startswith("the gradient is made of differences: it is noise after ")
    elif name == "forward mode, all at once":
        assert says.startswith("the gradient needs memory for the derivatives by all inputs at once")
    else:
        assert says == "the cost of a gradient grows with the number of inputs: this is not reverse mode"


def test_a_rounded_gradient_is_found_out() -> None:
    assert finding(bank.ROUNDED).says == "the gradient does not follow when its point moves a little"


def test_what_is_slow_at_every_size_costs_too_much() -> None:
    slow = bank.BY_HAND.replace("    return", "    for _ in range(20_000):\n        f(x)\n    return")
    assert finding(slow).says == "a gradient costs more than 30 evaluations: this is not reverse mode"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("def gradient(x):\n    return x * x\n", "what comes back for 64 inputs is not the gradient"),
        ("def gradient(x):\n    return x[1:]\n", "the gradient has the wrong shape"),
        ("def gradient(x):\n    return x * np.nan\n", "the gradient is not made of finite real numbers"),
        ("def gradient(x):\n    return 1j * x\n", "the gradient is not made of finite real numbers"),
        ("def gradient(x):\n    return 'x'\n", "the gradient is not an array of numbers"),
    ],
)
def test_what_is_no_gradient_is_told_so(code: str, says: str) -> None:
    assert finding(code).says == says


def test_the_first_argument_is_differentiated_by_and_the_others_are_passed_on() -> None:
    rng = np.random.default_rng(0)
    labels = {n: rng.integers(0, 2, n) for n in (64, 256, 1024)}

    def loss(w: Any, y: Any, scale: float) -> Any:
        return scale * np.sum(np.logaddexp(0.0, np.where(y, -w, w)))

    def gradient(w: Any, y: Any, scale: float) -> Any:
        return scale * (1 / (1 + np.exp(-w)) - y)

    assert_cost(gradient, of=loss, at=lambda n: (rng.standard_normal(n), labels[n], 2.0))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"sizes": (64, 1024)}, "3 sizes or more"),
        ({"sizes": (64, 128, 256)}, "growing 16-fold"),
        ({"sizes": (4, 16, 64)}, "up to 256 or more"),
        ({"sizes": (1024, 256, 64)}, "growing"),
        ({"at": lambda n: list(range(n))}, "no array of float64"),
        ({"at": lambda n: np.ones(n, np.float32)}, "no array of float64"),
        ({"of": lambda x: x}, "not one finite number"),
        ({"of": lambda x: np.nan}, "not one finite number"),
    ],
)
def test_a_mistake_of_the_author_is_a_value_error(options: dict[str, Any], says: str) -> None:
    given = {"of": F, "at": np.random.default_rng(0).standard_normal, **options}
    with pytest.raises(ValueError, match=says):
        assert_cost(functions(bank.BY_HAND)[1], **given)


def test_a_students_function_that_is_no_scalar_fails(launcher: Launcher) -> None:
    vector = bank.BY_HAND + "\n\ndef f(x):\n    return x\n"
    result = graded(launcher, vector, beside_their_own)
    assert result.outcome is Outcome.FAILED
    assert result.finding is not None
    assert result.finding.says == "the function's value is not one finite number"


# -------------------------------------------------------------------------------------------------------- noise


def test_the_noise_of_exact_methods_and_of_differences_lies_far_apart() -> None:
    """Over 40 points. What is missed here, at times of the fourth order, the cost gives away."""
    exact = dict.fromkeys([*bank.REVERSE.values(), bank.COMPLEX, bank.DUAL_LOOP, bank.DUAL_AT_ONCE], 0.0)
    for seed in range(40):
        x = np.random.default_rng(seed).standard_normal(32)
        for code, least in {**exact, bank.FORWARD: 1e-10, bank.CENTRAL: 1e-12, bank.FOURTH: 1e-14}.items():
            found = noise_of(functions(code)[1], x, np.random.default_rng(seed))
            assert least < found.level < (1e-7 if least else NOISE / 100)
            assert code != bank.CENTRAL or not found.exact
            assert code not in exact or found.exact


def test_a_formula_that_cancels_is_not_called_differences() -> None:
    def gradient(x: Any) -> Any:
        return (np.cos(x) + 100.0 * np.sum(np.cos(x))) - 100.0 * np.sum(np.cos(x))

    for seed in range(40):
        x = np.random.default_rng(seed).uniform(0.5, 1.0, 8)
        assert noise_of(gradient, x, np.random.default_rng(seed)).exact


SINGLE = {**bank.SINGLE, "float32 later": bank.FLOAT32_INSIDE.replace("x.astype", "(x * 0.3 / 0.3).astype")}


@pytest.mark.parametrize("code", SINGLE.values(), ids=SINGLE)
def test_single_precision_is_not_called_differences(code: str) -> None:
    """In some of 100 points a rounding of the inputs changes between the seven near ones, and all entries with it."""
    for seed in range(100):
        x = np.random.default_rng(seed).standard_normal(64)
        assert noise_of(functions(code)[1], x, np.random.default_rng(seed)).exact


def test_kinks_and_straight_lines_are_not_called_noise() -> None:
    kinked: dict[str, Any] = {
        "relu": lambda x: np.where(x > 0, 1.0, 0.0),
        "squared relu": lambda x: 2 * np.maximum(x, 0),
        "constant": np.ones_like,
        "absent": np.zeros_like,
    }
    for seed in range(50):
        x = np.random.default_rng(seed).standard_normal(64)
        assert all(noise_of(gradient, x, np.random.default_rng(seed)).exact for gradient in kinked.values())


def test_a_deep_chain_is_not_called_noise() -> None:
    def gradient(x: Any) -> Any:
        values = [x]
        for _ in range(200):
            values.append(np.sin(values[-1] * 1.1) + 0.1 * values[-1])
        g = np.ones_like(x)
        for value in reversed(values[:-1]):
            g = g * (1.1 * np.cos(value * 1.1) + 0.1)
        return g

    for seed in range(20):
        x = np.random.default_rng(seed).standard_normal(64)
        found = noise_of(gradient, x, np.random.default_rng(seed))
        assert found.exact, found


def test_evidence_is_left() -> None:
    surroundings = CheckContext()
    with running(surroundings):
        assert_cost(functions(bank.BY_HAND)[1], of=F, at=np.random.default_rng(0).standard_normal)
    assert set(surroundings.evidence) == {
        "the gradient's noise, relative",
        "memory of a gradient in MiB, by size",
        "evaluations per gradient, by size",
        "evaluations per gradient: exponent of their growth",
    }
