"""The frames between grader and guest: a prefix, a JSON header, raw array bytes. Every size is checked before use.

The 16-byte prefix is magic, header length and payload length. The header is `{"m": message, "a": arrays}`, where
`arrays` lists `[dtype, shape]`; the payload is the arrays' bytes, little-endian and C-ordered, one after another.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from .values import DTYPES, MAX_AXES, Array, NotPlain, wire_dtype

Message = dict[str, Any]

PREFIX = struct.Struct("<4sIQ")
MAGIC = b"GGw1"
MAX_HEADER = 1 << 20
MAX_PAYLOAD = 1 << 26
MAX_ARRAYS = 4096
MAX_DIGITS = 24


class BadFrame(Exception):
    """The other side broke the protocol."""


class PeerGone(Exception):
    """The other side closed the connection, or died."""


def pack(message: Message, arrays: Sequence[Array] = (), max_payload: int = MAX_PAYLOAD) -> list[bytes | memoryview]:
    """The frame as pieces to send in order.

    Raises:
        NotPlain: The message or the arrays are over the bounds of a frame.
    """
    total = sum(array.nbytes for array in arrays)
    if total > max_payload:
        raise NotPlain(f"arrays of {total:,} bytes (at most {max_payload:,})")
    if len(arrays) > MAX_ARRAYS:
        raise NotPlain(f"{len(arrays):,} arrays (at most {MAX_ARRAYS:,})")
    described = [[wire_dtype(array), list(array.shape)] for array in arrays]
    header = json.dumps({"m": message, "a": described}, separators=(",", ":"), allow_nan=False).encode()
    if len(header) > MAX_HEADER:
        raise NotPlain(f"lists, dicts and text of {len(header):,} bytes (return arrays)")
    prefix = PREFIX.pack(MAGIC, len(header), total)
    return [prefix + header, *(_raw(array) for array in arrays if array.size)]


def _raw(array: Array) -> memoryview:
    plain = np.ascontiguousarray(array, dtype=DTYPES[wire_dtype(array)])
    return plain.reshape(-1).view(np.uint8).data


def send_all(pieces: Iterable[bytes | memoryview], send: Callable[[memoryview], int]) -> None:
    """Send the pieces in order, through `send(view)`, which says how many bytes went."""
    for piece in pieces:
        view = memoryview(piece)
        while view:
            view = view[send(view) :]


def read(receive: Callable[[int], bytearray], max_payload: int = MAX_PAYLOAD) -> tuple[Message, list[Array]]:
    """One frame, through `receive(n)`, which returns exactly n bytes. The arrays are fresh and writable.

    Raises:
        BadFrame: Anything that is not a frame within the bounds; nothing above them is ever allocated.
        PeerGone: From `receive`, as is whatever else it raises.
    """
    magic, header_length, payload_length = PREFIX.unpack(receive(PREFIX.size))
    if magic != MAGIC:
        raise BadFrame("no frame begins like this")
    if header_length > MAX_HEADER or payload_length > max_payload:
        raise BadFrame(f"a frame of {header_length} + {payload_length} bytes")
    header = _parse(bytes(receive(header_length)))
    if type(header) is not dict or header.keys() != {"m", "a"} or type(header["m"]) is not dict:
        raise BadFrame("the header's form")
    plan = _plan(header["a"], payload_length)
    payload = receive(payload_length)
    return header["m"], [_array(payload, *part) for part in plan]


def _parse(header: bytes) -> Any:
    try:
        return json.loads(header, parse_constant=_no_constant, parse_int=_short_int)
    except (ValueError, RecursionError) as error:
        raise BadFrame(f"the header is not JSON: {error}") from None


def _no_constant(name: str) -> float:
    raise ValueError(f"the constant {name}")


def _short_int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("a long integer")
    return int(digits)


def _plan(described: Any, payload_length: int) -> list[tuple[np.dtype[Any], list[int], int]]:
    """What lies where in the payload: (dtype, shape, offset) per array."""
    if type(described) is not list or len(described) > MAX_ARRAYS:
        raise BadFrame("the list of arrays")
    plan, offset = [], 0
    for entry in described:
        dtype, shape = _described(entry)
        plan.append((dtype, shape, offset))
        offset += math.prod(shape) * dtype.itemsize
        if offset > payload_length:
            break
    if offset != payload_length:
        raise BadFrame("the arrays do not fill the payload")
    return plan


def _described(entry: Any) -> tuple[np.dtype[Any], list[int]]:
    if type(entry) is not list or len(entry) != 2 or type(entry[0]) is not str or entry[0] not in DTYPES:
        raise BadFrame("an array's dtype")
    dtype, shape = DTYPES[entry[0]], entry[1]
    if type(shape) is not list or len(shape) > MAX_AXES or any(type(n) is not int or n < 0 for n in shape):
        raise BadFrame("an array's shape")
    # NumPy refuses shapes such as (0, 2**62) itself, so an empty array's other axes are bounded too.
    if math.prod(max(n, 1) for n in shape) > MAX_PAYLOAD:
        raise BadFrame("an array's size")
    return dtype, shape


def _array(payload: bytearray, dtype: np.dtype[Any], shape: list[int], offset: int) -> Array:
    count = math.prod(shape)
    if dtype.kind == "b":  # a byte other than 0 and 1 would be an invalid bool
        return np.asarray(np.frombuffer(payload, np.uint8, count, offset).reshape(shape) != 0)
    array = np.frombuffer(payload, dtype, count, offset).reshape(shape)
    return array if offset % dtype.alignment == 0 else array.copy()
