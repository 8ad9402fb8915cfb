"""How an example is written: the domain of its arguments, their shapes, and whatever else the call needs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from reference.autodiff.linalg import root

Array = Any
Draw = Callable[[np.random.Generator, tuple[int, ...]], Array]


def _reals(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Of both signs, and away from 0, where many functions have a kink."""
    return np.asarray(rng.uniform(0.3, 2.0, shape) * rng.choice([-1.0, 1.0], shape))


def _between(low: float, high: float) -> Draw:
    return lambda rng, shape: np.asarray(rng.uniform(low, high, shape))


def _regular(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Matrices far from singular ones."""
    return rng.uniform(-1, 1, shape) + 2.0 * np.eye(shape[-1])


def _definite(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    a = rng.uniform(-1, 1, shape)
    return a @ np.swapaxes(a, -1, -2) + 2.0 * np.eye(shape[-1])


DRAWS: dict[str, Draw] = {
    "reals": _reals,
    "positive": _between(0.3, 3.0),
    "inside": _between(-0.9, 0.9),
    "above 1": _between(1.2, 3.0),
    "above -1": _between(-0.8, 2.0),
    "regular": _regular,
    "definite": _definite,
}

# fmt: off
DOMAINS: dict[Any, tuple[str, ...]] = {
    np.log:     ("positive",),    np.log2:    ("positive",),    np.log10:   ("positive",),    np.log1p: ("above -1",),
    np.sqrt:    ("positive",),    root:       ("positive",),
    np.arcsin:  ("inside",),      np.arccos:  ("inside",),      np.arctanh: ("inside",),      np.arccosh: ("above 1",),
    np.tan:     ("inside",),
    np.float_power: ("positive", "reals"),
}
# fmt: on


class Of:
    """An example: the shapes of the arguments that are differentiated by, and whatever else the call needs.

    Args:
        shapes: One per argument.
        call: The call, where it is not function(*arguments, **options).
        domains: The domain of each argument; "reals" if there are fewer.
        options: Of the call.
    """

    def __init__(
        self, *shapes: tuple[int, ...], call: Callable[..., Any] | None = None, domains: Any = (), **options: Any
    ) -> None:
        self.shapes, self.call, self.options = shapes, call, options
        self.domains = (domains,) if isinstance(domains, str) else tuple(domains)

    def draw(self, rng: np.random.Generator) -> tuple[Array, ...]:
        """The arguments."""
        domains = self.domains + ("reals",) * (len(self.shapes) - len(self.domains))
        return tuple(DRAWS[domain](rng, shape) for domain, shape in zip(domains, self.shapes, strict=True))

    def function(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function of the arguments alone."""
        return partial(self.call or function, **self.options)


def many(function: Any, **options: Any) -> Callable[..., Any]:
    """A function of a sequence, called with one argument after the other."""
    return lambda *arrays: function(arrays, **options)


def with_(function: Any, *rest: Any, **options: Any) -> Callable[..., Any]:
    """Positional arguments after the first."""
    return lambda x: function(x, *rest, **options)


def of_numpy(name: str, examples: list[Of]) -> dict[Any, list[Of]]:
    """The row of a function that not every version of NumPy has."""
    function: Any = np
    for part in name.split("."):
        function = getattr(function, part, None)
    return {} if function is None else {function: examples}
