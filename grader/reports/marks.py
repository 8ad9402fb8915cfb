"""How each outcome looks, and how points and checks are counted in words."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from grader.model import Outcome, format_points

if TYPE_CHECKING:
    from rich.console import RenderableType

# fmt: off
STYLES = {
    Outcome.PASSED:  "green",
    Outcome.FAILED:  "red",
    Outcome.RAISED:  "red",
    Outcome.MISSING: "yellow",
    Outcome.TIMEOUT: "magenta",
    Outcome.CRASHED: "magenta",
    Outcome.REFUSED: "magenta",
    Outcome.BLOCKED: "yellow",
    Outcome.BROKEN:  "bold white on red",
}
MARKS = {Outcome.PASSED: "✓", Outcome.MISSING: "–", Outcome.BLOCKED: "–", Outcome.BROKEN: "‼"}
# fmt: on


def count(number: int, thing: str) -> str:
    """As in "1 check", "2 checks"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def points_in_words(points: Fraction) -> str:
    """As in "1 point", "0.5 points"."""
    return f"{format_points(points)} {'point' if points == 1 else 'points'}"


def beside(label: tuple[str, str], text: Text) -> RenderableType:
    """A label, and a text that keeps clear of it over several lines."""
    grid = Table.grid(padding=0)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(*label), text)
    return grid
