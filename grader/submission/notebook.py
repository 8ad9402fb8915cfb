"""Reads the code cells of a notebook file, whatever its stored outputs are."""

from __future__ import annotations

import json
from typing import Any

from grader.model import BadSubmission

MAX_CELLS = 5000
MAX_VALUES = 500_000  # texts, lists and objects: what JSON of a given size may grow to in memory


def code_cells(content: bytes, origin: str) -> tuple[str, ...]:
    """The sources of the code cells, in order. Version 3 and 4 of the format.

    Raises:
        BadSubmission: It is not a notebook.
    """
    if content.count(b'"') // 2 + content.count(b"{") + content.count(b"[") > MAX_VALUES:
        raise BadSubmission(f"{origin} is too long a notebook: clear its outputs and save it again")
    try:
        notebook = json.loads(content)
    except (ValueError, RecursionError):
        raise BadSubmission(f"{origin} is not a notebook (broken JSON): download it again as .ipynb") from None
    cells = _cells(notebook)
    if cells is None:
        raise BadSubmission(f"{origin} is not a notebook (no list of cells): download it again as .ipynb")
    if len(cells) > MAX_CELLS:
        raise BadSubmission(f"{origin} has {len(cells):,} cells, more than {MAX_CELLS:,}: remove what is not needed")
    return tuple(_source(cell) for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code")


def _cells(notebook: Any) -> list[Any] | None:
    """The list of cells; None where there is none, or something else stands in its place."""
    if not isinstance(notebook, dict):
        return None
    if "worksheets" not in notebook:
        cells = notebook.get("cells")
        return cells if isinstance(cells, list) else None
    sheets = notebook["worksheets"]  # format 3
    together: list[Any] = []
    for sheet in sheets if isinstance(sheets, list) else [None]:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        if not isinstance(cells, list):
            return None
        together += cells
    return together


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    lines = source if isinstance(source, list) else [source]
    return "".join(line for line in lines if isinstance(line, str))
