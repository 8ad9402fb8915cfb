"""Every rule in graph mode: values and gradients are those that come eagerly, for other values of these shapes too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reference.autodiff import ValueDependent, compile, value_and_grad  # noqa: A004
from reference.autodiff.trees import leaves
from tests.reference.autodiff.examples import EXAMPLES, Example
from tests.reference.autodiff.test_rules import flat, weighted

ROUNDING = 1e-13  # of the largest entry
REFUSED = {"_getitem-17"}  # x[x > 0]: how many there are depends on their values


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_compiled_gradient_is_that_which_comes_eagerly(example: Example) -> None:
    args = tuple(np.asarray(x, float) if np.ndim(x) else float(x) for x in example.args)
    eager = value_and_grad(weighted(lambda *x: flat(example.f(*x)), args), tuple(range(len(args))))
    compiled = compile(eager)
    if example.name in REFUSED:
        with pytest.raises(ValueDependent):
            compiled(*args)
        return
    for factor in (1.0, 0.75):  # the second is not the one that was recorded
        point: tuple[Any, ...] = tuple(factor * x for x in args)
        with np.errstate(all="ignore"):
            pairs = zip(leaves(compiled(*point)), leaves(eager(*point)), strict=True)
        for got, expected in pairs:
            assert np.shape(got) == np.shape(expected)
            np.testing.assert_allclose(got, expected, rtol=0, atol=ROUNDING * np.max(np.abs(expected), initial=1.0))
