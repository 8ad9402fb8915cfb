"""Which values may cross the wall, and how a message writes them.

None, bool, int, finite float, str and list are written as themselves. An object with one key stands for the rest:
`{"a": k}` array k of the frame, `{"l": k}` a list packed as array k, `{"t": [...]}` a tuple,
`{"d": [[key, value], ...]}` a dict, `{"f": "nan"}` a float that JSON lacks, `{"c": [re, im]}` a complex number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

MAX_AXES = 16
MAX_DEPTH = 24
MAX_ITEMS = 1 << 20  # of a packed list: each becomes a Python object of some 40 bytes
MAX_KEYS = 4096  # of a dict: keys that collide cost their number squared
MAX_TEXT = 1 << 16
MAX_INT = 1 << 64
PACK_FROM = 16  # shorter lists travel as JSON

# fmt: off
DTYPES = {name: np.dtype(name) for name in (
    "<f8", "<f4", "<f2", "<c16", "<c8", "<i8", "<i4", "<i2", "|i1", "<u8", "<u4", "<u2", "|u1", "|b1",
)}
# fmt: on
PACKED: dict[type, str] = {
    **{float: "<f8", int: "<i8", bool: "|b1", np.float64: "<f8", np.bool_: "|b1"},
    **dict.fromkeys((np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32), "<i8"),
}
NAMED_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class NotPlain(Exception):
    """A value that may not cross; the message says what it is, in a student's words."""


class BadValue(ValueError):
    """Something in a message that `encode` does not write."""


def encode(value: object, arrays: list[Array], depth: int = 0) -> Any:
    """`value` in the message's form; its arrays are appended to `arrays`.

    Raises:
        NotPlain: Something other than arrays, numbers, text, None, lists, tuples and dicts of these.
    """
    if value is None:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return _encode_int(int(value))
    if isinstance(value, float):
        return _encode_float(float(value))
    if isinstance(value, str):
        return _encode_text(str(value))
    if isinstance(value, np.ndarray | np.generic):
        return {"a": _add_array(np.asarray(value), arrays)}
    if isinstance(value, complex):
        return {"c": [_encode_float(value.real), _encode_float(value.imag)]}
    if depth >= MAX_DEPTH:
        raise NotPlain(f"containers nested more than {MAX_DEPTH} deep (one that contains itself?)")
    return _encode_container(value, arrays, depth + 1)


def _encode_int(value: int) -> int:
    if abs(value) >= MAX_INT:
        raise NotPlain(f"an integer of {value.bit_length():,} bits")
    return value


def _encode_float(value: float) -> Any:
    if math.isfinite(value):
        return value
    return {"f": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}


def _encode_text(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise NotPlain(f"a text of {len(value):,} characters")
    return value


def _encode_container(value: object, arrays: list[Array], depth: int) -> Any:
    if isinstance(value, list):
        kind = type(value[0]) if len(value) >= PACK_FROM else None
        if kind in PACKED and all(type(item) is kind for item in value):
            return {"l": _pack_list(value, PACKED[kind], arrays)}
        return [encode(item, arrays, depth) for item in value]
    if isinstance(value, tuple):
        return {"t": [encode(item, arrays, depth) for item in value]}
    if isinstance(value, dict):
        if len(value) > MAX_KEYS:
            raise NotPlain(f"a dict of {len(value):,} keys")
        return {"d": [[encode(key, arrays, depth), encode(item, arrays, depth)] for key, item in value.items()]}
    raise NotPlain(f"a value of type {type(value).__name__}")


def _pack_list(value: list[Any], dtype: str, arrays: list[Array]) -> int:
    if len(value) > MAX_ITEMS:
        raise NotPlain(f"a list of {len(value):,} items (return an array)")
    try:
        return _add_array(np.array(value, dtype), arrays)
    except OverflowError:
        raise NotPlain("a long list with an integer that does not fit 64 bits") from None


def _add_array(array: Array, arrays: list[Array]) -> int:
    plain = array if type(array) is np.ndarray else np.array(array, subok=False, copy=None)
    if wire_dtype(plain) not in DTYPES:
        hint = " (a ragged list?)" if plain.dtype.hasobject else ""
        raise NotPlain(f"an array of dtype {plain.dtype}{hint}")
    if plain.ndim > MAX_AXES:
        raise NotPlain(f"an array with {plain.ndim} axes")
    arrays.append(plain)
    return len(arrays) - 1


def wire_dtype(array: Array) -> str:
    """The name of the dtype that the array's bytes have on the wire."""
    return array.dtype.newbyteorder("<").str


def decode(value: Any, arrays: Sequence[Array]) -> Any:
    """The plain value that `encode` wrote.

    Raises:
        BadValue: Not something that `encode` writes.
    """
    return Decoder(arrays).value(value)


class Decoder:
    """Reads the values of one message.

    Each array is used once and in order, as `encode` writes them: a reference costs a few bytes, and a thousand
    references to one large array must not become a thousand copies of it.
    """

    def __init__(self, arrays: Sequence[Array]) -> None:
        self._arrays = arrays
        self._next = 0
        self._items = MAX_ITEMS  # that packed lists may still hold, all together

    def value(self, value: Any, depth: int = 0) -> Any:
        """One value; those of a message in the order in which they were encoded."""
        if depth > MAX_DEPTH + 1:
            raise BadValue("a value is nested too deep")
        if isinstance(value, str):
            return value.encode("utf-8", "replace").decode()  # a lone surrogate could not be printed or stored
        if isinstance(value, float) and not math.isfinite(value):
            raise BadValue("a float that JSON lacks")
        if isinstance(value, list):
            return [self.value(item, depth + 1) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) != 1:
            raise BadValue("a value's form")
        ((tag, content),) = value.items()
        return self._tagged(tag, content, depth + 1)

    def _tagged(self, tag: str, content: Any, depth: int) -> Any:
        if tag == "a":
            return self._array(content)
        if tag == "l":
            return self._packed_list(self._array(content))
        if tag == "f" and type(content) is str and content in NAMED_FLOATS:
            return NAMED_FLOATS[content]
        if tag == "d" and type(content) is list and len(content) <= MAX_KEYS:
            return dict(self._pair(pair, depth) for pair in content)
        if tag in ("t", "c") and type(content) is list:
            items = tuple(self.value(item, depth) for item in content)
            if tag == "t":
                return items
            if len(items) == 2 and all(type(part) is float for part in items):
                return complex(*items)
        raise BadValue("a value's form")

    def _array(self, index: Any) -> Array:
        if type(index) is not int or index != self._next or index >= len(self._arrays):
            raise BadValue("an array out of its order")
        self._next += 1
        return self._arrays[index]

    def _packed_list(self, array: Array) -> list[Any]:
        self._items -= array.size
        if array.ndim != 1 or self._items < 0 or array.dtype.str not in PACKED.values():
            raise BadValue("a packed list's form")
        return array.tolist()  # type: ignore[no-any-return]

    def _pair(self, pair: Any, depth: int) -> tuple[Any, Any]:
        if type(pair) is not list or len(pair) != 2:
            raise BadValue("a dict's form")
        key, value = self.value(pair[0], depth), self.value(pair[1], depth)
        try:
            hash(key)
        except TypeError:
            raise BadValue("a dict's key") from None
        return key, value
