"""A gradient with its label, and how a family of them is made from one right gradient and its mistakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Generator = np.random.Generator
Problem = tuple[Callable[..., Any], Callable[..., Any], list[Array]]  # f, vjp, params
Build = Callable[..., Problem]  # build(rng, mistake) -> Problem

# The closed list of what a diagnosis may say about a gradient.
# fmt: off
CODES = frozenset({
    "transposed", "numerator-layout", "sign", "factor", "missing-mean", "not-summed-over-batch", "averaged-bias",
    "upstream-ignored", "not-zeroed", "overwritten", "stale-cache", "input-modified", "operand-not-transposed",
    "missing-factor", "missing-l2", "l2-factor", "softmax-diagonal", "batchnorm-mean-path", "batchnorm-variance-path",
    "wrong-activation-derivative", "one-sample", "one-coordinate", "relu-threshold", "swapped", "epsilon",
    "double-softmax", "float32", "keepdims", "missing-mask", "max-spread",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Case:
    """One gradient of the bank.

    `make(rng)` draws sizes and data and returns `f, vjp, params`, each time with a state of its own: `f(*params)` is an
    array or a number, `vjp(*params, g)` gives the gradients of sum(g * f), one per parameter (a bare array for one);
    where f is a number, g is left out. `code` is what a diagnosis should say; None for a wrong gradient whose mistake
    no rule covers, where it should say nothing. What is in `also` would be true as well. `of` names the right case
    from which a wrong one derives. `large` cases have 100,000 parameters and more.
    """

    name: str
    family: str
    make: Callable[[Generator], Problem]
    right: bool
    code: str | None = None
    also: tuple[str, ...] = ()
    of: str = ""
    large: bool = False


def cases(
    build: Build, mistakes: Mapping[str, str | None] | None = None, *, name: str = "", large: bool = False
) -> tuple[Case, ...]:
    """The right gradient that `build(rng, None)` makes, and a wrong one for each mistake with its code.

    A code "one|other" is one with another that would be true as well.
    """
    function = build.func if isinstance(build, partial) else build
    family = function.__module__.rpartition(".")[2]
    name = name or function.__name__.replace("_", " ")
    found = [Case(name, family, partial(build, mistake=None), right=True, large=large)]
    for mistake, codes in (mistakes or {}).items():
        code, *also = codes.split("|") if codes else [None]
        make = partial(build, mistake=mistake)
        wrong = Case(f"{name}: {mistake}", family, make, False, code, tuple(map(str, also)), of=name, large=large)
        found.append(wrong)
    return tuple(found)


def sizes(rng: Generator, count: int, low: int = 3, high: int = 9) -> tuple[int, ...]:
    """So many sizes, no two of them equal."""
    return tuple(int(n) for n in rng.permutation(np.arange(low, high + 1))[:count])


def softmax(z: Array) -> Array:
    """Along the last axis."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def logsumexp(z: Array) -> Array:
    """Along the last axis."""
    top = z.max(axis=-1, keepdims=True)
    return np.asarray((top + np.log(np.exp(z - top).sum(axis=-1, keepdims=True)))[..., 0])


def sigmoid(z: Array) -> Array:
    """Without overflow."""
    e = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1 / (1 + e), e / (1 + e)))


def one_hot(y: Array, classes: int) -> Array:
    """(m,) to (m, classes)."""
    return np.asarray(np.eye(classes)[y])


def labels(rng: Generator, m: int, classes: int) -> Array:
    """Labels (m,) in which as many classes as can be occur."""
    y = rng.integers(0, classes, size=m)
    y[: min(m, classes)] = np.arange(classes)[: min(m, classes)]
    return y
