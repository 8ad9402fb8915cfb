"""Where assignments are looked for."""

from __future__ import annotations

import difflib
from pathlib import Path

from grader.assignment.manifest import MANIFEST
from grader.model import BadAssignment


def available(folder: Path | None = None) -> list[Path]:
    """The folders of the assignments in `folder`; by default in ./assignments, or the kit in the current folder.

    Raises:
        BadAssignment: The folder holds none.
    """
    if folder is None and Path(MANIFEST).is_file():
        return [Path.cwd()]
    looked_in = folder or Path("assignments")
    found = sorted(path.parent for path in looked_in.glob(f"*/{MANIFEST}"))
    if not found:
        raise BadAssignment(
            f"there is no assignment in {looked_in}/: run this in the course's checkout, or say --assignments DIR"
        )
    return found


def locate(name: str, folder: Path | None = None) -> Path:
    """The folder of the assignment called `name`.

    Raises:
        BadAssignment: There is none; the message offers what there is.
    """
    folders = {path.name: path for path in available(folder)}
    if name in folders:
        return folders[name]
    near = difflib.get_close_matches(name, folders, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(folders)}"
    raise BadAssignment(f"there is no assignment {name!r}; {hint}")
