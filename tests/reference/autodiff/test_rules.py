"""Every derivative rule, and every function written with them, at every example: orders 1 to 3, both modes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader import check_gradient
from reference.autodiff import Tensor, grad, jvp, vjp
from reference.autodiff.compositions import COMPOSED
from reference.autodiff.rules import RULES, name_of
from tests.reference.autodiff.examples import EXAMPLES, FUNCTIONS, Example, acts_entry_by_entry, examples_of

DUALITY = 1e-12  # ⟨g, jvp(t)⟩ and ⟨vjp(g), t⟩ are the same sum in another order
ROUNDING = 2e-15  # of a sum of few numbers in another order
Function = Callable[..., Any]

each_example = pytest.mark.parametrize("example", EXAMPLES, ids=str)


def flat(y: Any) -> Any:
    """Any result as one array, by functions that are differentiated too."""
    parts = y if isinstance(y, list | tuple) else (y,)
    return parts[0] if len(parts) == 1 else np.concatenate([np.reshape(part, (-1,)) for part in parts])


def weighted(f: Function, args: tuple[Any, ...]) -> Function:
    """A number, all of whose derivatives contain those of f: a sum of the entries of f and their squares."""
    shape = np.shape(f(*args))
    w = np.random.default_rng(5).uniform(0.5, 1.5, shape)

    def number(*args: Any) -> Any:
        y = f(*args)
        return np.sum(w * y * (1.0 + 0.5 * y))

    return number


def gradients(f: Function, args: tuple[Any, ...]) -> Function:
    """All gradients of `weighted`, as one array."""
    by_all = grad(weighted(f, args), tuple(range(len(args))))
    return lambda *args: flat(by_all(*args))


def assert_differentiated(f: Function, args: tuple[Any, ...]) -> None:
    """Reverse mode agrees with differences, and forward mode with reverse mode."""
    rng = np.random.default_rng(7)

    def back(*args_and_g: Any) -> Any:
        *point, g = args_and_g
        return vjp(f, *point)[1](g)

    y = f(*args)
    if np.size(y) and any(np.size(x) for x in args):
        alone = len(args) == 1  # then the checker wants the gradient itself, not a tuple of one
        report = check_gradient(f, (lambda *a: back(*a)[0]) if alone else back, args, upstream=True)
        assert report.passed, str(report)
    tangents = tuple(rng.standard_normal(np.shape(x)) for x in args)
    upstream = rng.standard_normal(np.shape(y))
    value, tangent = jvp(f, args, tangents)
    pulled = back(*args, upstream)
    np.testing.assert_allclose(value, y, rtol=ROUNDING)
    assert np.shape(tangent) == np.shape(y)
    assert [np.shape(g) for g in pulled] == [np.shape(x) for x in args]
    forward, reverse = upstream * tangent, [np.sum(g * t) for g, t in zip(pulled, tangents, strict=True)]
    scale = 1.0 + np.sum(np.abs(forward)) + np.sum(np.abs(reverse))
    assert abs(np.sum(forward) - np.sum(reverse)) <= DUALITY * scale


def test_every_rule_and_composition_has_an_example() -> None:
    assert [name_of(f) for f in FUNCTIONS if not list(examples_of(f))] == []
    assert {*RULES, *COMPOSED} <= set(FUNCTIONS)


@each_example
def test_the_value_is_numpys(example: Example) -> None:
    expected = example.f(*example.args)
    got = example.f(*(Tensor(x) for x in example.args))
    pairs = zip(got, expected, strict=True) if isinstance(expected, list | tuple) else [(got, expected)]
    for ours, theirs in pairs:
        data = ours.data if isinstance(ours, Tensor) else ours
        np.testing.assert_allclose(data, theirs, rtol=ROUNDING)
        assert np.shape(data) == np.shape(theirs)


@each_example
def test_first_derivatives(example: Example) -> None:
    assert_differentiated(lambda *args: flat(example.f(*args)), example.args)


@each_example
def test_second_derivatives(example: Example) -> None:
    f = gradients(lambda *args: flat(example.f(*args)), example.args)
    assert_differentiated(f, example.args)


SMALL = [  # two of each function
    example
    for function in FUNCTIONS
    for example in [one for one in examples_of(function) if 0 < sum(np.size(x) for x in one.args) <= 8][:2]
]


@pytest.mark.parametrize("example", SMALL, ids=str)
def test_third_derivatives(example: Example) -> None:
    second = gradients(lambda *args: flat(example.f(*args)), example.args)
    assert_differentiated(gradients(second, example.args), example.args)


ENTRYWISE = [f for f in FUNCTIONS if acts_entry_by_entry(RULES.get(f)) and f not in (np.where, np.clip)]


@pytest.mark.parametrize("function", ENTRYWISE, ids=name_of)
def test_a_python_float_gives_what_an_array_gives(function: Function) -> None:
    example = next(one for one in examples_of(function) if all(x.shape == () for x in one.args))
    floats = tuple(float(x) for x in example.args)
    for which in range(len(floats)):
        f = grad(example.f, which)
        assert isinstance(f(*floats), float)
        np.testing.assert_allclose(f(*floats), f(*example.args), rtol=1e-14)
        third, as_arrays = grad(grad(f, which), which), grad(grad(f, which), which)
        np.testing.assert_allclose(third(*floats), as_arrays(*example.args), rtol=1e-12)


@each_example
def test_a_gradient_has_its_arguments_shape_and_type_and_memory_of_its_own(example: Example) -> None:
    for dtype in (np.float32, np.float64):
        args = tuple(x.astype(dtype) for x in example.args)
        before = [x.copy() for x in args]
        upstream = np.ones(np.shape(flat(example.f(*args))), dtype)
        pulled = vjp(lambda *a: flat(example.f(*a)), *args)[1](upstream)
        for place, (g, x) in enumerate(zip(pulled, args, strict=True)):
            assert np.shape(g) == x.shape
            assert np.asarray(g).dtype == dtype
            if x.ndim:
                assert g.flags.writeable
                others = [one for k, one in enumerate(pulled) if k != place]
                assert not any(np.shares_memory(g, one) for one in (*args, upstream, *others))
        for x, old in zip(args, before, strict=True):
            np.testing.assert_array_equal(x, old)
