"""Reads a student's answer as numbers, and shows numbers to people."""

from __future__ import annotations

import math
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from grader.model import CheckFailed, Diagnosis, Finding

Array = npt.NDArray[Any]

NUMBERS = "buifc"  # dtype kinds: bool, unsigned, int, float, complex
MAX_SHOWN = 400
MAX_WRITTEN = 10_000
MAX_ENTRIES = 1 << 24  # of a list that is made an array: one complex entry among bytes makes all of them 16 times wider
EDGE = 3  # entries shown at each end of a long axis


def fail(
    says: str,
    *,
    expected: str | None = None,
    got: str | None = None,
    where: str | None = None,
    diagnosis: Diagnosis | None = None,
) -> NoReturn:
    """End the check: the answer is wrong."""
    raise CheckFailed(Finding(says=says, expected=expected, got=got, where=where, diagnosis=diagnosis))


def as_numbers(value: object, *, name: str, expected: str) -> Array:
    """The answer as an array of finite or infinite numbers, or a failed check that says what it is instead."""
    if isinstance(value, list | tuple) and _entries(value) > MAX_ENTRIES:
        fail(f"{name} is a list of more than {MAX_ENTRIES:,} numbers: return an array", expected=expected)
    array = _array(value)
    if array is None or array.dtype.kind not in NUMBERS:
        fail(f"{name} is not an array of numbers", expected=expected, got=show(value))
    if array.dtype == np.float16:
        fail(
            f"{name} has dtype float16, which holds three digits: compute in float64", expected=expected, got="float16"
        )
    return array


def _array(value: object) -> Array | None:
    if isinstance(value, np.ndarray | np.generic):
        return np.asarray(value)
    if isinstance(value, bool | int | float | complex | list | tuple) and _is_numeric(value):
        try:
            return np.asarray(value)
        except (ValueError, OverflowError, TypeError, MemoryError):  # ragged, or too large for any dtype
            return None
    return None


def _entries(value: object) -> int:
    if isinstance(value, list | tuple):
        return sum(map(_entries, value))
    return value.size if isinstance(value, np.ndarray) else 1


def _is_numeric(value: object) -> bool:
    """Whether only numbers and arrays are in it. Text must not reach NumPy, which makes every entry as wide as one."""
    if isinstance(value, list | tuple):
        return all(_is_numeric(item) for item in value)
    return isinstance(value, bool | int | float | complex | np.ndarray | np.generic)


def show(value: object) -> str:
    """A value as a line or a small block of text, cut where it is long."""
    if isinstance(value, np.ndarray):
        kind = "" if value.dtype == np.float64 else f" {value.dtype}"
        # NumPy leaves nothing out of an axis of six, and there may be sixteen of them.
        if math.prod(min(size, 2 * EDGE) for size in value.shape) > MAX_WRITTEN:
            return f"an array of shape {value.shape}{kind}"
        with np.printoptions(precision=6, threshold=36, edgeitems=EDGE, linewidth=88):
            return value_or_shape(np.array2string(value), value.shape) + kind
    text = repr(value) if not isinstance(value, list | tuple | dict) else _show_container(value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"


def value_or_shape(text: str, shape: tuple[int, ...]) -> str:
    """The numbers with their shape; a long text as the shape alone."""
    if len(text) > MAX_SHOWN:
        return f"an array of shape {shape}"
    return text if not shape else f"{text}  shape {shape}" if "\n" not in text else f"{text}\nshape {shape}"


def _show_container(value: list[Any] | tuple[Any, ...] | dict[Any, Any]) -> str:
    kind = type(value).__name__
    items = list(value)[:4]
    inside = ", ".join(_short(item) for item in items)
    return f"a {kind} of {len(value)}: {inside}" + (", …" if len(value) > len(items) else "")


def _short(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"array of shape {value.shape}"
    text = repr(value) if isinstance(value, bool | int | float | str | complex | None) else type(value).__name__
    return text if len(text) <= 40 else text[:40] + "…"
