"""Reads the code cells of a notebook file, whatever its stored outputs are."""

from __future__ import annotations

import json
from typing import Any

from grader.model import BadSubmission

MAX_CELLS = 5000


def code_cells(content: bytes, origin: str) -> tuple[str, ...]:
    """The sources of the code cells, in order. Version 3 and 4 of the format.

    Raises:
        BadSubmission: It is not a notebook.
    """
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
    if not isinstance(notebook, dict):
        return None
    if "worksheets" in notebook:  # format 3
        sheets = notebook["worksheets"]
        if not isinstance(sheets, list) or not all(isinstance(sheet, dict) for sheet in sheets):
            return None
        return [cell for sheet in sheets for cell in sheet.get("cells", [])]
    cells = notebook.get("cells")
    return cells if isinstance(cells, list) else None


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    lines = source if isinstance(source, list) else [source]
    return "".join(line for line in lines if isinstance(line, str))
