"""What students print is safe to show, the same in every run, and bounded."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox.capture import KEEP, MAX_TEXT, Capture, clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain ünïcode ∂ 数\n\ttab", "plain ünïcode ∂ 数\n\ttab"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://evil\x1b\\link", "link"),
        ("progress 1\rprogress 2\r\ndone", "progress 1\nprogress 2\ndone"),
        ("bell\x07 null\x00 delete\x7f", "bell\ufffd null\ufffd delete\ufffd"),
        ("\x9b31m", "\ufffd31m"),
        ("right\u202eleft", "right\ufffdleft"),
        ("<function f at 0x7f3a12345678>", "<function f at 0x…>"),
        ("\ud800", "\ufffd"),
    ],
)
def test_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text())
def test_clean_text_stays_clean_and_can_be_stored(text: str) -> None:
    once = clean(text)
    once.encode()
    assert "\x1b" not in once
    assert clean(once) == once


def test_long_text_is_cut_and_says_so() -> None:
    assert clean("x" * (MAX_TEXT + 5)).endswith("x\n[more follows, and is not shown]")


def captured(data: bytes) -> str:
    capture = Capture()
    for start in range(0, len(data), 1000):
        capture.feed(data[start : start + 1000])
    return capture.text()


def test_a_capture_keeps_the_beginning_and_says_that_there_was_more() -> None:
    text = captured(b"0123456789" * (KEEP // 5))
    assert text.startswith("0123456789")
    assert text.endswith("[more was printed, and not kept]")
    assert "not kept" not in captured(b"0" * KEEP)


def test_how_much_is_left_out_does_not_show() -> None:
    """Addresses, process ids and times differ in length between runs of one seed."""
    assert captured(b"x" * (2 * KEEP)) == captured(b"x" * (3 * KEEP))
    assert clean("x" * (MAX_TEXT + 5)) == clean("x" * (MAX_TEXT + 6))


@pytest.mark.parametrize(
    "unit", ["\x1b", "\x1b]", "\x1b[", "\x1b[0", "0 ", "at 0x", "at ", "at 0x1234567", "\r", "\x9b"]
)
@pytest.mark.parametrize("start", ["", "\x1b[", "\x1b]", "at 0x"])
def test_long_output_of_any_pattern_is_cleaned(start: str, unit: str) -> None:
    """Time that grew with the square of the length would be hours."""
    assert len(clean(start + unit * ((1 << 18) // len(unit)))) < MAX_TEXT + 100


def test_a_pipe_is_drained_to_its_end() -> None:
    capture, (ours, theirs) = Capture(), os.pipe()
    os.set_blocking(ours, False)
    assert capture.drain(ours) is None
    os.write(theirs, b"hello")
    assert capture.drain(ours) == 5
    os.close(theirs)
    assert capture.drain(ours) == 0
    os.close(ours)
    assert capture.text() == "hello"
