"""What goes out: laid out for the terminal, in marks that its encoding has; or an error that says why it could not."""

from __future__ import annotations

import io
import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

# fmt: off
PLAIN = {  # for an encoding that lacks them, as wide as they are wherever that can be
    "✓": "+", "✗": "x", "–": "-", "‼": "!", "│": "|", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...",
    "−": "-", "·": "*", "×": "x", "⊗": "(x)", "‖": "||", "⁄": "/", "∂": "d", "→": "->", "≤": "<=", "≥": ">=",
}
# fmt: on
_CELL = re.compile(r"(\S+(?: \S+)*)( +)?")  # words, and the blanks up to the next column


class NoOutput(Exception):
    """Standard output, or standard error, takes no more."""

    def __init__(self, why: str, *, unread: bool = False) -> None:
        super().__init__(why)
        self.unread = unread  # whoever read it has gone, as `head` does: no fault of anybody's


@contextmanager
def printing() -> Iterator[Console]:
    """A console; what is printed on it goes to standard output when the block has ended well.

    Raises:
        NoOutput: It cannot be written.
    """
    from rich.console import Console

    page = _Page()
    # Of NO_COLOR, rich makes bold and dim; here it means no escape sequence at all.
    console = Console(file=page, highlight=False, color_system=None if _no_color() else "auto", legacy_windows=False)
    yield console
    put(page.getvalue() if console.color_system else tidy(page.getvalue()))


class _Page(io.StringIO):
    """Text on its way to standard output: a terminal if that is one."""

    def isatty(self) -> bool:
        return sys.stdout is not None and sys.stdout.isatty()


def tidy(text: str) -> str:
    """The same lines without the blanks with which a layout fills them up."""
    return "\n".join(line.rstrip(" ") for line in text.split("\n"))


def put(content: str | bytes, stream: TextIO | None = None) -> None:
    """Write to standard output (or `stream`), now. Bytes go out as they are.

    Raises:
        NoOutput: It cannot be written.
    """
    stream = stream or sys.stdout
    if stream is None:  # so Python says that the descriptor was closed before it started
        raise NoOutput("it is closed")
    try:
        if isinstance(content, bytes):
            stream.flush()
            stream.buffer.write(content)
            stream.buffer.flush()
        else:
            stream.write(shown(content, stream.encoding))
            stream.flush()
    except OSError as error:
        raise NoOutput(error.strerror or str(error), unread=isinstance(error, BrokenPipeError)) from error


def takes_escapes(stream: TextIO) -> bool:
    """Whether it is a terminal on which a bar can be drawn, and whose user wants that."""
    return stream.isatty() and not _no_color() and os.environ.get("TERM") not in ("dumb", "unknown")


def _no_color() -> bool:
    return bool(os.environ.get("NO_COLOR"))


def shown(text: str, encoding: str | None) -> str:
    """The text with everything replaced that the encoding does not have; columns stay in line where there is room."""
    if _fits(text, encoding):
        return text

    def in_line(cell: re.Match[str]) -> str:
        words = "".join(char if _fits(char, encoding) else _plain(char, encoding) for char in cell[1])
        blanks = cell[2] or ""
        return words + " " * max(len(blanks) + len(cell[1]) - len(words), min(len(blanks), 1))

    return _CELL.sub(in_line, text)


def _fits(text: str, encoding: str | None) -> bool:
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _plain(char: str, encoding: str | None) -> str:
    """Another spelling: x^2 for x², e for é; a question mark where there is none."""
    if char in PLAIN:
        return PLAIN[char]
    raised = "^" if unicodedata.decomposition(char).startswith("<super>") else ""
    letters = "".join(PLAIN.get(c, c) for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return raised + letters if letters and letters != char and _fits(letters, encoding) else "?"
