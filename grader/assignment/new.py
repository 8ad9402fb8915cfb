"""Writes a new assignment: a small one that is complete, to be changed into the author's own."""

from __future__ import annotations

import keyword
from pathlib import Path

from grader.model import BadInput

TEMPLATE = Path(__file__).with_name("template")
PLACEHOLDER = "NAME"  # stands in its files for the assignment's name


def write_new(name: str, assignments: Path | None = None) -> Path:
    """Write the example into a folder called `name`, below `assignments` or ./assignments; the folder.

    Raises:
        BadInput: The name cannot be one, something of that name is there already, or it cannot be written.
    """
    if not (name.isascii() and name.isidentifier()) or keyword.iskeyword(name):
        raise BadInput(f"{name!r} cannot be an assignment's name: take a name as Python has them, such as my_layers")
    folder = (assignments or Path("assignments")) / name
    if folder.exists():
        raise BadInput(f"{folder} is there already: choose another name, or remove it")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
        for path, text in _files().items():
            target = folder / path
            target.parent.mkdir(exist_ok=True)
            target.write_text(text.replace(PLACEHOLDER, name), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{error.filename} cannot be written: {error.strerror}") from None
    return folder


def _files() -> dict[Path, str]:
    """The text of each file of the example, by its path in the folder."""
    paths = [path for path in TEMPLATE.rglob("*") if path.is_file() and path.suffix in (".toml", ".md", ".py")]
    return {path.relative_to(TEMPLATE): path.read_text(encoding="utf-8") for path in sorted(paths)}
