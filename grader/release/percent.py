"""The percent format: a Python file whose `# %%` lines begin code cells, and `# %% [markdown]` lines text cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_MARKER = re.compile(r"#\s?%%(?P<rest>\s.*)?")  # "# %%time" is a magic, commented out


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; a markdown cell's text without the comment signs."""

    kind: Literal["code", "markdown"]
    text: str


def cells_of(text: str) -> list[Cell]:
    """The cells in order; empty ones are left out. What comes before the first marker is code."""
    cells: list[Cell] = []
    kind: Literal["code", "markdown"] = "code"
    lines: list[str] = []
    for line in [*lines_of(text), "# %%"]:
        marker = _MARKER.fullmatch(line.rstrip())
        if marker is None:
            lines.append(line)
            continue
        cell = _cell(kind, lines)
        if cell.text:
            cells.append(cell)
        kind, lines = "markdown" if "[markdown]" in (marker["rest"] or "") else "code", []
    return cells


def lines_of(text: str) -> list[str]:
    """The lines as Python and editors count them: a form feed or U+2028 in a string ends none."""
    lines = re.split(r"\r\n|\r|\n", text)
    return lines if lines[-1] else lines[:-1]


def _cell(kind: Literal["code", "markdown"], lines: list[str]) -> Cell:
    if kind == "markdown":
        lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
    return Cell(kind, "\n".join(lines).strip("\n"))
