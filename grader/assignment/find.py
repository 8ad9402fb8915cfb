"""Where assignments are looked for."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from grader.assignment.files import shown
from grader.assignment.manifest import MANIFEST
from grader.model import BadAssignment

T = TypeVar("T")


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


def each(read: Callable[[Path], T], folders: Iterable[Path]) -> tuple[dict[Path, T], list[BadAssignment]]:
    """What `read` makes of every folder, and what is wrong with those that cannot be used.

    One assignment's mistake does not keep the others from being used.
    """
    sound: dict[Path, T] = {}
    bad: list[BadAssignment] = []
    for folder in folders:
        try:
            sound[folder] = read(folder)
        except BadAssignment as error:
            bad.append(error)
    return sound, bad


def locate(name: str, folder: Path | None = None) -> Path:
    """The folder of the assignment called `name`, or that lies at this path.

    Raises:
        BadAssignment: There is none; the message offers what there is.
    """
    path = Path(name)
    lies_here = (path / MANIFEST).is_file()
    try:
        folders = {found.name: found for found in available(folder)}
    except BadAssignment:
        if not lies_here and not path.is_dir() and not ((folder or Path("assignments")) / name).is_dir():
            raise
        folders = {}
    if name in folders:
        return folders[name]
    if lies_here:
        return path
    for place in (path, (folder or Path("assignments")) / name):
        if place.is_dir():
            raise BadAssignment(f"{shown(place)} has no {MANIFEST}")
    near = difflib.get_close_matches(path.name, folders, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(folders)}"
    raise BadAssignment(f"there is no assignment {name!r}; {hint}")
