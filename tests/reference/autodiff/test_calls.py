"""What a derivative costs, counted in Python's function calls: a clock would say something else on each machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from reference.autodiff import ops, value_and_grad

N = 100


def _calls(run: Callable[[], Any]) -> int:
    """How many functions, Python's and C's, are called."""
    count = 0

    def notice(_frame: Any, event: str, _what: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    run()  # what is cached at first is cached
    before = sys.getprofile()
    sys.setprofile(notice)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count


def test_a_gradient_of_a_small_network_takes_few_calls() -> None:
    rng = np.random.default_rng(0)
    params = [rng.normal(size=shape) for shape in [(2, 16), (16,), (16, 16), (16,), (16, 1), (1,)]]
    x, y = rng.normal(size=(N, 2)), np.sign(rng.normal(size=N))

    def loss(params: Any) -> Any:
        W1, b1, W2, b2, W3, b3 = params
        h = ops.relu(ops.affine(ops.relu(ops.affine(x, W1, b1)), W2, b2))
        return ops.relu(1.0 - ops.affine(h, W3, b3).reshape(-1) * y).sum() * (1 / N)

    both = value_and_grad(loss)
    assert _calls(lambda: both(params)) <= 150


def test_a_step_of_a_chain_takes_few_calls() -> None:
    def chain(x: Any, length: int) -> Any:
        for _ in range(length):
            x = x * 1.0001
        return x

    short, long = (value_and_grad(lambda x, n=n: chain(x, n)) for n in (10, 110))
    assert (_calls(lambda: long(0.5)) - _calls(lambda: short(0.5))) / 100 <= 7
