"""Exact points: an integer, or a decimal string of at most three places; `Fraction` inside."""

from __future__ import annotations

import re
from fractions import Fraction

PLACES = 3
_FORM = re.compile(rf"[0-9]{{1,6}}(\.[0-9]{{1,{PLACES}}})?")


def parse_points(value: object) -> Fraction:
    """Points as an author writes them, above zero: `2` or `"0.5"`.

    Raises:
        ValueError: A float, a negative number, zero, or more than three places.
    """
    if isinstance(value, bool) or not isinstance(value, int | str) or not _FORM.fullmatch(str(value)):
        raise ValueError(f'points are an integer or a decimal string such as "0.5", not {value!r}')
    points = Fraction(str(value))
    if points == 0:
        raise ValueError("points must be above zero")
    return points


def format_points(points: Fraction) -> str:
    """The shortest decimal text: `2`, `0.5`, `0.333`."""
    thousandths = points * 10**PLACES
    if thousandths.denominator != 1:
        raise ValueError(f"{points} has more than {PLACES} decimal places")
    whole, rest = divmod(int(thousandths), 10**PLACES)
    return f"{whole}.{rest:0{PLACES}}".rstrip("0").rstrip(".")
