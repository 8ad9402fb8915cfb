"""The labels of the bank are true: found out without any gradient checker of ours."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bank.bank import BY_NAME, CASES, SMALL
from tests.bank.case import CODES, Array, Case

STEP = 1e-3  # of the differences here: fourth order, relative to the parameter
CONTRACTS = {  # mistakes that only a second call, or what was passed in, shows
    "tanh layer: the first call's output kept",
    "tanh layer: whatever was computed last",
    "tanh layer: added to the last gradient",
    "tanh layer: the first gradient again",
    "tanh layer with bias: W modified",
    "tanh layer with bias: g modified",
    "dropout of a new mask: drawn on every call",
}
DIFFERENCES_SAY_LITTLE = {
    "relu at zero",
    "relu with slope 1 at zero",
    "relu with slope ½ at zero",
    "relu minus its mirror at zero",
    "relu near its kink",
    "relu network near kinks",
    "relu network that starts at zero",
    "relu network in float32",
    "tanh network in float32",
    "absolute values with zeros",
    "row maximum",
    "float32 inside",
    "float16 inside",
    "fourier features",
}
PLAIN = [case for case in SMALL if case.right and case.name not in DIFFERENCES_SAY_LITTLE]
SHOWN = [case for case in SMALL if not case.right and case.name not in CONTRACTS]


def call(case: Case, seed: int = 0) -> tuple[list[Array], list[Array], Array]:
    """The parameters, the gradients of a case that has just been made, and the upstream gradient."""
    f, vjp, params = case.make(np.random.default_rng(seed))
    value = np.asarray(f(*[p.copy() for p in params]))
    upstream = np.random.default_rng(seed + 1).normal(size=value.shape).astype(value.dtype)
    grads = vjp(*[p.copy() for p in params], *([upstream.copy()] if value.ndim else []))
    return params, [grads] if len(params) == 1 else list(grads), upstream


def test_names_are_unique_and_codes_from_the_closed_list() -> None:
    assert len(BY_NAME) == len(CASES)
    assert {code for case in CASES for code in (case.code, *case.also) if code} <= CODES
    assert {case.code for case in CASES} >= CODES, "each code is expected of some case"


def test_there_is_enough_of_both() -> None:
    right = sum(case.right for case in CASES)
    assert right >= 50
    assert len(CASES) - right >= 150
    assert all(case.right == (case.of == "") == (case.code is None and not case.of) for case in CASES)
    assert all(BY_NAME[case.of].right for case in CASES if case.of)


@pytest.mark.parametrize("case", PLAIN, ids=lambda case: case.name)
def test_a_right_gradient_agrees_with_differences(case: Case) -> None:
    f, _, params = case.make(np.random.default_rng(0))
    _, grads, upstream = call(case)
    weight = upstream if upstream.ndim else np.ones(())
    for at, (p, grad) in enumerate(zip(params, grads, strict=True)):
        step = STEP * np.where(p == 0, 1, np.minimum(np.abs(p), 3 * np.std(p) if p.size > 1 else 1))

        def value(changed: Array, at: int = at) -> float:
            arguments = [changed if k == at else q.copy() for k, q in enumerate(params)]
            return float((np.asarray(f(*arguments)) * weight).sum())

        differences = np.empty_like(p)
        for i in np.ndindex(p.shape):
            unit = np.zeros_like(p)
            unit[i] = step[i]
            near, far = (value(p + k * unit) - value(p - k * unit) for k in (1, 2))
            differences[i] = (8 * near - far) / 12
        error = np.abs(grad * step - differences).max()
        assert error <= 1e-5 * np.abs(grad * step).max() + 1e-13 * abs(value(p)) + 1e-14


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case.name)
def test_a_wrong_gradient_is_not_the_right_one(case: Case, seed: int) -> None:
    params, right, _ = call(BY_NAME[case.of], seed)
    _, got, _ = call(case, seed)
    value, expected = (BY_NAME[name].make(np.random.default_rng(seed))[0](*params) for name in (case.name, case.of))
    assert not (agree(got, right) and np.array_equal(value, expected))


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_what_breaks_a_contract_is_right_at_first_or_without_repetition(name: str) -> None:
    case = BY_NAME[name]
    _, right, _ = call(BY_NAME[case.of])
    _, first, _ = call(case)
    f, vjp, params = case.make(np.random.default_rng(0))
    value = np.asarray(f(*params))
    g, elsewhere = np.ones_like(value), [p + 0.1 for p in params]
    vjp(*elsewhere, 2 * g)
    f(*elsewhere)
    passed = [*(p.copy() for p in params), g.copy()]
    again = vjp(*passed)
    unchanged = all(np.array_equal(p, q) for p, q in zip(passed, [*params, g], strict=True))
    fresh_f, fresh, fresh_params = case.make(np.random.default_rng(0))
    fresh_f(*fresh_params)
    wanted = fresh(*fresh_params, g.copy())
    assert agree(first, right) or name.endswith("drawn on every call")
    assert not (unchanged and agree(*([x] if len(params) == 1 else list(x) for x in (again, wanted))))


def agree(got: list[Array], right: list[Array]) -> bool:
    """Whether every entry of every gradient agrees to 1e-6, beside entries that are rounding errors."""
    if len(got) != len(right):
        return False
    for g, r in zip(got, right, strict=True):
        if not isinstance(g, np.ndarray | float) or np.shape(g) != r.shape:
            return False
        negligible = 1e-13 * np.abs(r).max(initial=0)
        if not np.all(np.abs(g - r) <= 1e-6 * np.abs(r) + negligible):
            return False
    return True
