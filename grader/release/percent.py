"""The percent format: a Python file whose `# %%` lines begin code cells, and `# %% [markdown]` lines text cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_MARKER = re.compile(r"# %%(?P<rest>.*)")


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
    for line in [*text.splitlines(), "# %%"]:
        marker = _MARKER.fullmatch(line.rstrip())
        if marker is None:
            lines.append(line)
            continue
        cell = _cell(kind, lines)
        if cell.text:
            cells.append(cell)
        kind, lines = "markdown" if "[markdown]" in marker["rest"] else "code", []
    return cells


def _cell(kind: Literal["code", "markdown"], lines: list[str]) -> Cell:
    if kind == "markdown":
        lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
    return Cell(kind, "\n".join(lines).strip("\n"))
