"""How each outcome looks, and how points and checks are counted in words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from grader.model import Outcome, format_points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

GAP = 2  # blanks between columns
NARROWEST = 10
# fmt: off
STYLES = {
    Outcome.PASSED:   "green",
    Outcome.FAILED:   "red",
    Outcome.RAISED:   "red",
    Outcome.OUTDATED: "yellow",
    Outcome.MISSING:  "yellow",
    Outcome.TIMEOUT:  "magenta",
    Outcome.CRASHED:  "magenta",
    Outcome.REFUSED:  "magenta",
    Outcome.BLOCKED:  "yellow",
    Outcome.BROKEN:   "bold white on red",
}
MARKS = {Outcome.PASSED: "✓", Outcome.MISSING: "–", Outcome.BLOCKED: "–", Outcome.BROKEN: "‼"}
# fmt: on


def count(number: int, thing: str) -> str:
    """As in "1 check", "2 checks"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def points_in_words(points: Fraction) -> str:
    """As in "1 point", "0.5 points"."""
    return f"{format_points(points)} {'point' if points == 1 else 'points'}"


@dataclass(frozen=True, slots=True)
class Beside:
    """A label, and a text that keeps clear of it over several lines: ten times as fast as a table of one row."""

    label: tuple[str, str]  # with its style
    text: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The text's lines; the label before the first."""
        clear = cell_len(self.label[0])
        lines = self.text.wrap(console, max(options.max_width - clear, 1), overflow="fold")
        for number, line in enumerate(lines):
            yield Text.assemble(self.label if number == 0 else " " * clear, line, no_wrap=True, overflow="ignore")


def beside(label: tuple[str, str], text: Text) -> RenderableType:
    """A label, and a text that keeps clear of it over several lines."""
    return Beside(label, text)


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows of four cells; the second takes what width is left and is folded, the last stands at the right."""

    rows: tuple[tuple[Text, Text, Text, Text], ...]
    heads: tuple[str, str, str, str]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """All rows as one text, which is many times as fast as a table of cells."""
        heads = tuple(Text(head, "bold") for head in self.heads)
        rows = [heads, *self.rows]
        widths = [max(row[place].cell_len for row in rows) for place in range(4)]
        widths[1] = max(min(widths[1], options.max_width - widths[0] - widths[2] - widths[3] - 3 * GAP), NARROWEST)
        yield Text("\n").join(line for row in rows for line in _lines(row, widths, console))


def _lines(row: Sequence[Text], widths: Sequence[int], console: Console) -> Iterator[Text]:
    mark, title, outcome, points = row
    for number, line in enumerate(title.wrap(console, widths[1], overflow="fold")):
        first = number == 0
        cells = (mark, line, outcome, points) if first else (Text(), line, Text(), Text())
        before = " " * (widths[3] - cells[3].cell_len) if first else ""
        padded = [cell + " " * (width - cell.cell_len + GAP) for cell, width in zip(cells[:3], widths, strict=False)]
        yield Text.assemble(*padded, before, cells[3], no_wrap=True, overflow="ignore")
