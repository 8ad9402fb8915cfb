"""Frames and values: what goes in comes out, and nothing else comes out of anything."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from grader.guest import wire
from grader.guest.wire import frames, values


def receiver(data: bytes) -> Any:
    """Reads from bytes as from a connection, and remembers the largest piece that was asked for."""
    place = 0

    def receive(size: int) -> bytearray:
        nonlocal place
        receive.largest = max(receive.largest, size)  # type: ignore[attr-defined]
        if place + size > len(data):
            raise wire.PeerGone
        place += size
        return bytearray(data[place - size : place])

    receive.largest = 0  # type: ignore[attr-defined]
    return receive


def there_and_back(value: object) -> Any:
    arrays: list[wire.Array] = []
    message = {"v": wire.encode(value, arrays)}
    data = b"".join(bytes(piece) for piece in wire.pack(message, arrays))
    back, received = wire.read(receiver(data))
    return wire.decode(back["v"], received)


def same(one: Any, other: Any) -> bool:
    """Equal in type and value, NaN equal to itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return (
            one.dtype == other.dtype
            and one.shape == other.shape
            and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
        )
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one.items(), other.items(), strict=True))
    if isinstance(one, float | complex):
        return one == other or (one != one and other != other)
    return bool(one == other)


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.complex_numbers()
)
arrays = npst.arrays(
    dtype=st.sampled_from([np.dtype(name) for name in values.DTYPES]),
    shape=npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
plain = st.recursive(
    scalars | arrays,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(plain)
@settings(max_examples=300)
def test_plain_values_come_back_as_they_were(value: object) -> None:
    assert same(there_and_back(value), value)


@pytest.mark.parametrize("items", [[0.5] * 40, [7] * 40, [True] * 40, [1, 2.0] * 20, [math.nan, math.inf] * 20])
def test_long_lists_come_back_as_lists_of_the_same_types(items: list[object]) -> None:
    assert same(there_and_back(items), items)


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (np.float64(2.5), 2.5),
        (np.int32(3), 3),
        (np.bool_(True), True),
        (np.float32(0.5), np.array(0.5, np.float32)),
        (np.arange(6.0).reshape(2, 3).T, np.array([[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]])),
        (np.arange(3, dtype=">f8"), np.arange(3.0)),
        (np.ma.masked_array([1.0, 2.0], [True, False]), np.array([1.0, 2.0])),
    ],
)
def test_numpy_values_arrive_plain(value: object, arrives: object) -> None:
    assert same(there_and_back(value), arrives)


def test_what_arrives_can_be_written_to_and_shares_nothing() -> None:
    sent = np.zeros(3)
    back = there_and_back(sent)
    back[0] = 1
    assert sent[0] == 0


def test_unaligned_arrays_are_usable() -> None:
    flags, numbers = there_and_back([np.array([True, False, True]), np.arange(4.0)])
    assert numbers.flags.aligned
    assert flags.sum() + numbers.sum() == 8


def test_an_invalid_bool_byte_becomes_true() -> None:
    data = bytearray(b"".join(bytes(piece) for piece in wire.pack({"v": {"a": 0}}, [np.array([True, False])])))
    data[-2:] = b"\x07\x00"
    _, (array,) = wire.read(receiver(bytes(data)))
    assert array.view(np.uint8).tolist() == [1, 0]


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_a_lone_surrogate_arrives_as_something_that_can_be_stored(text: str) -> None:
    there_and_back(text).encode()


def recursive_list() -> list[object]:
    inner: list[object] = []
    inner.append(inner)
    return inner


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (object(), "type object"),
        ((n for n in range(3)), "type generator"),
        ({1, 2}, "type set"),
        (b"bytes", "type bytes"),
        (np.array([object()]), "dtype object"),
        (np.array([[1], [1, 2]], dtype=object), "ragged"),
        (np.array(["a"]), "dtype <U1"),
        (np.zeros(2, "f8,f8"), "dtype"),
        (np.array("2026", dtype="M8[Y]"), "dtype datetime64"),
        (np.zeros(1, np.longdouble), "dtype"),
        (10**400, "bits"),
        ([10**30] * 20, "64 bits"),
        ("x" * 70_000, "70,000 characters"),
        (recursive_list(), "nested"),
        (np.zeros((1,) * 20), "20 axes"),
        ([1.5] * (values.MAX_ITEMS + 1), "items"),
        (dict.fromkeys(range(5000)), "5,000 keys"),
    ],
)
def test_what_is_not_plain_is_refused_with_its_name(value: object, says: str) -> None:
    with pytest.raises(wire.NotPlain, match=says):
        wire.encode(value, [])


def test_a_broadcast_array_counts_with_its_full_size() -> None:
    arrays: list[wire.Array] = []
    message = {"v": wire.encode(np.broadcast_to(np.zeros(1), (10**9,)), arrays)}
    with pytest.raises(wire.NotPlain, match="8,000,000,000 bytes"):
        wire.pack(message, arrays)


@pytest.mark.parametrize("count", [frames.MAX_ARRAYS + 1])
def test_too_many_arrays_are_refused(count: int) -> None:
    with pytest.raises(wire.NotPlain, match="arrays"):
        wire.pack({}, [np.zeros(1)] * count)


def test_too_much_beside_arrays_is_refused() -> None:
    with pytest.raises(wire.NotPlain, match="return arrays"):
        wire.pack({"v": ["x" * 60_000] * 20})


# ------------------------------------------------------------------------------------------------ hostile frames


def frame(header: object, payload: bytes = b"", *, length: int | None = None, magic: bytes = frames.MAGIC) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return frames.PREFIX.pack(magic, len(text), len(payload) if length is None else length) + text + payload


HOSTILE_FRAMES = {
    "another magic": frame({"m": {}, "a": []}, magic=b"HTTP"),
    "a huge header": frames.PREFIX.pack(frames.MAGIC, 2**31, 0),
    "a huge payload": frames.PREFIX.pack(frames.MAGIC, 20, 2**60),
    "no header": frame(b""),
    "not JSON": frame(b"{"),
    "not text": frame(b"\xff\xfe\x00"),
    "NaN in the header": frame(b'{"m":{"v":NaN},"a":[]}'),
    "a long integer": frame(b'{"m":{"v":' + b"9" * 5000 + b'},"a":[]}'),
    "deep nesting": frame(b"[" * 100_000),
    "a list for a header": frame([1]),
    "a key too many": frame({"m": {}, "a": [], "z": 1}),
    "a message that is none": frame({"m": [], "a": []}),
    "arrays that are none": frame({"m": {}, "a": {}}),
    "too many arrays": frame({"m": {}, "a": [["<f8", [0]]] * 5000}),
    "an object dtype": frame({"m": {}, "a": [["|O", [1]]]}, bytes(8)),
    "a structured dtype": frame({"m": {}, "a": [["<f8,<f8", [1]]]}, bytes(16)),
    "a dtype that is a list": frame({"m": {}, "a": [[["<f8"], [1]]]}, bytes(8)),
    "a negative size": frame({"m": {}, "a": [["<f8", [-1]]]}),
    "a size that is a bool": frame({"m": {}, "a": [["<f8", [True]]]}, bytes(8)),
    "a size that is a float": frame({"m": {}, "a": [["<f8", [1.0]]]}, bytes(8)),
    "too many axes": frame({"m": {}, "a": [["<f8", [1] * 33]]}, bytes(8)),
    "an empty array too large for NumPy": frame({"m": {}, "a": [["<f8", [0, 2**40, 2**40, 2**40]]]}),
    "more than the payload": frame({"m": {}, "a": [["<f8", [2**40]]]}, bytes(8)),
    "less than the payload": frame({"m": {}, "a": [["<f8", [1]]]}, bytes(16)),
    "an entry with three parts": frame({"m": {}, "a": [["<f8", [1], 0]]}, bytes(8)),
}


@pytest.mark.parametrize("data", HOSTILE_FRAMES.values(), ids=HOSTILE_FRAMES.keys())
def test_hostile_frames_are_refused_before_anything_large_is_allocated(data: bytes) -> None:
    receive = receiver(data)
    with pytest.raises(wire.BadFrame):
        wire.read(receive)
    assert receive.largest <= frames.MAX_HEADER


@pytest.mark.parametrize(
    "value",
    [
        {"a": 0},
        {"a": "0"},
        {"a": True},
        {"a": -1},
        {"l": 5},
        {"al": 0},
        {"": 0},
        {"f": "minus zero"},
        {"f": 1},
        {"t": 1},
        {"c": [1.0]},
        {"c": [1.0, "i"]},
        {"d": [[1]]},
        {"d": [[[], 1]]},
        {"d": {"a": 1}},
        {"d": [[k, k] for k in range(5000)]},
        {"x": 1},
        {"a": 0, "t": []},
        {},
    ],
)
def test_values_that_encode_does_not_write_are_refused(value: object) -> None:
    with pytest.raises(wire.BadValue):
        wire.decode(value, [])


@pytest.mark.parametrize("array", [np.zeros((2, 2)), np.zeros(2, np.float32)])
def test_a_packed_list_has_one_axis_and_a_packed_type(array: wire.Array) -> None:
    with pytest.raises(wire.BadValue):
        wire.decode({"l": 0}, [array])


@pytest.mark.parametrize("value", [[{"a": 0}, {"a": 0}], {"t": [{"a": 1}, {"a": 0}]}, [{"l": 0}, {"a": 0}]])
def test_an_array_is_used_once_and_in_order(value: object) -> None:
    with pytest.raises(wire.BadValue, match="order"):
        wire.decode(value, [np.zeros(20), np.zeros(20)])


def test_packed_lists_are_bounded_all_together() -> None:
    half = np.zeros(values.MAX_ITEMS // 2 + 1)
    assert len(wire.decode({"l": 0}, [half])) == len(half)
    with pytest.raises(wire.BadValue, match="packed"):
        wire.decode([{"l": 0}, {"l": 1}], [half, half])


@pytest.mark.parametrize("text", ["1e999", "-1e999"])
def test_a_float_too_large_for_its_format_is_refused(text: str) -> None:
    message, arrays = wire.read(receiver(frame(f'{{"m":{{"v":{text}}},"a":[]}}'.encode())))
    with pytest.raises(wire.BadValue, match="JSON"):
        wire.decode(message["v"], arrays)


def test_the_arguments_of_a_call_share_one_decoder() -> None:
    sent: list[wire.Array] = []
    encoded = [wire.encode(value, sent) for value in (np.ones(2), [np.zeros(1), 3], [0.5] * 20)]
    decoder = wire.Decoder(sent)
    assert same([decoder.value(value) for value in encoded], [np.ones(2), [np.zeros(1), 3], [0.5] * 20])


def test_pieces_are_sent_whole_however_little_goes_at_a_time() -> None:
    pieces = wire.pack({"v": {"a": 0}}, [np.arange(100.0)])
    gone = bytearray()

    def send(view: memoryview) -> int:
        gone.extend(view[:7])
        return min(7, len(view))

    wire.send_all(pieces, send)
    assert bytes(gone) == b"".join(bytes(piece) for piece in pieces)


def test_values_nested_too_deep_are_refused() -> None:
    value: object = 1
    for _ in range(100):
        value = [value]
    with pytest.raises(wire.BadValue, match="deep"):
        wire.decode(value, [])


def test_mutated_frames_are_read_or_refused_and_nothing_else() -> None:
    arrays: list[wire.Array] = []
    value = {
        "loss": 0.5,
        "grads": [np.ones((2, 3)), np.arange(4)],
        "names": ("W", "b"),
        "big": [1.0] * 30,
        "n": math.nan,
    }
    message = {"value": wire.encode(value, arrays)}
    original = b"".join(bytes(piece) for piece in wire.pack(message, arrays))
    rng = random.Random(20261121)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(20_000):
        data = bytearray(original)
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(data))
            change = rng.randrange(3)
            if change == 0:
                data[place] = rng.randrange(256)
            elif change == 1:
                del data[place : place + rng.randint(1, 8)]
            else:
                data[place:place] = rng.choice([b"[", b"{", b'"', b"9" * 30, b"\xff", b"-", b"1e999", b"null"])
        try:
            back, received = wire.read(receiver(bytes(data)))
            wire.decode(back.get("value"), received)
            outcomes["read"] += 1
        except (wire.BadFrame, wire.BadValue, wire.PeerGone):
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 100
