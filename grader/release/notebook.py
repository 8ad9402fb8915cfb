"""Writes a percent-format file as a notebook."""

from __future__ import annotations

from grader.release.percent import cells_of

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def to_notebook(text: str) -> str:
    """The .ipynb text, valid against the format's schema, and the same for the same input."""
    import nbformat  # 100 ms that only this needs

    notebook = nbformat.v4.new_notebook(metadata=METADATA)
    for number, cell in enumerate(cells_of(text), 1):
        make = nbformat.v4.new_code_cell if cell.kind == "code" else nbformat.v4.new_markdown_cell
        notebook.cells.append(make(cell.text, id=f"cell-{number:03}"))
    nbformat.validate(notebook)
    written: str = nbformat.writes(notebook)
    return written + "\n"
