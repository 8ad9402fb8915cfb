"""What goes out: nothing that the terminal cannot show, and no silence when it cannot be written."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.text import Text

from grader.reports.terminal import NoOutput, printing, put, shown


class Stream(io.TextIOWrapper):
    """Standard output with an encoding of its own."""

    def __init__(self, encoding: str = "utf-8", terminal: bool = False) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def text(self) -> str:
        raw = self.buffer
        assert isinstance(raw, io.BytesIO)
        return raw.getvalue().decode(self.encoding)


def printed(monkeypatch: pytest.MonkeyPatch, *texts: Any, stream: Stream, **environment: str) -> str:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"TERM": "xterm-256color", "COLUMNS": "40"} | environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout", stream)
    with printing() as console:
        for text in texts:
            console.print(text)
    return stream.text()


def test_a_terminal_gets_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[31m" in printed(monkeypatch, Text("x", "red"), stream=Stream(terminal=True))


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_escape_sequence_reaches_who_does_not_want_one(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    assert printed(monkeypatch, Text("x", "bold red"), stream=Stream(terminal=True), **environment) == "x\n"


def test_what_is_piped_has_no_trailing_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.padding import Padding

    assert printed(monkeypatch, Padding(Text("x"), (0, 9, 0, 2)), stream=Stream()) == "  x\n"


def test_marks_that_an_encoding_does_not_have_are_shown_in_others(monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed(monkeypatch, Text("✓ “f” … xᵀA ½"), stream=Stream("ascii")) == '+ "f" ... x^TA 1/2\n'


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("✓ ½ ü", "utf-8", "✓ ½ ü"),
        ("✓ ½ ü", "latin-1", "+ ½ ü"),
        ("‖z − y‖²", "ascii", "||z - y||^2"),
        ("Zoë 雪 \udce9", "ascii", "Zoe ? ?"),
        ("caf\udce9", "utf-8", "caf?"),
    ],
)
def test_only_what_cannot_be_shown_is_changed(text: str, encoding: str, expected: str) -> None:
    assert shown(text, encoding) == expected


def test_columns_stay_in_line() -> None:
    table = "✓  L = ½x²    passed  1\n✗  L = a      failed  0\n✓  L = ½x²½½½  passed  1"
    assert shown(table, "ascii").splitlines() == [
        "+  L = 1/2x^2 passed  1",
        "x  L = a      failed  0",
        "+  L = 1/2x^21/21/21/2 passed  1",  # no room: one blank stays
    ]


def test_a_failure_within_prints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream()
    monkeypatch.setattr("sys.stdout", stream)

    def fail() -> None:
        with printing() as console:
            console.print("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert stream.text() == ""


@pytest.mark.parametrize("content", ["text", b"bytes"])
def test_what_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch, content: str | bytes) -> None:
    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(Full(), encoding="utf-8", write_through=True))
    with pytest.raises(NoOutput, match="No space left on device"):
        put(content)
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(NoOutput, match="closed"):
        put(content)
