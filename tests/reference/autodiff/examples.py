"""Every function that has a derivative, at examples: a new rule that acts entry by entry needs no line here."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.autodiff.compositions import COMPOSED
from reference.autodiff.rules import RULES, Rule, name_of
from tests.reference.autodiff import table_algebra, table_entries, table_shapes
from tests.reference.autodiff.of import DOMAINS, Of

TABLE: dict[Any, list[Of]] = {**table_entries.TABLE, **table_shapes.TABLE, **table_algebra.TABLE}

Shapes = tuple[tuple[int, ...], ...]
SHAPES_OF_ONE: Shapes = ((), (3,), (2, 1, 3), (0,))
SHAPES_OF_TWO: tuple[Shapes, ...] = (
    ((), ()),
    ((2, 3), (2, 3)),
    ((3,), (2, 3)),
    ((2, 1), (1, 3)),
    ((2, 3), ()),
    ((1,), (4, 2)),
    ((0, 3), (3,)),
)


@dataclass(frozen=True)
class Example:
    """One function of arrays at one point.

    Attributes:
        name: The function's, and the number of the example.
        f: Of the arrays alone.
        args: The arrays.
    """

    name: str
    f: Callable[..., Any]
    args: tuple[Any, ...]

    def __str__(self) -> str:
        return self.name


def acts_entry_by_entry(rule: Rule | None) -> bool:
    """Whether a domain is all that must be said of it."""
    return rule is not None and rule.vjps is rule.jvps


def examples_of(function: Callable[..., Any]) -> Iterator[Example]:
    """All examples of one function; none if nobody has written any."""
    name = name_of(function)
    rule = RULES.get(function)
    given = list(TABLE.get(function, ()))
    if not given and rule is not None and acts_entry_by_entry(rule):
        domains = DOMAINS.get(function, ("reals",) * len(tuple(rule.vjps)))
        shapes = [(one,) for one in SHAPES_OF_ONE] if len(domains) == 1 else SHAPES_OF_TWO
        given = [Of(*one, domains=domains) for one in shapes]
    for number, of in enumerate(given):
        rng = np.random.default_rng([zlib.crc32(name.encode()), number])
        yield Example(f"{name}-{number}", of.function(function), of.draw(rng))


# Two may have one name; their order is the same in every process.
FUNCTIONS: list[Callable[..., Any]] = sorted(dict.fromkeys([*RULES, *COMPOSED, *TABLE]), key=name_of)
EXAMPLES: list[Example] = [example for function in FUNCTIONS for example in examples_of(function)]
