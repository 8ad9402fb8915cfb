"""Finds the submissions in a folder: one per file or subfolder."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grader.model import BadSubmission
from grader.submission.names import CLUTTER, folded, printable

SUFFIXES = (".py", ".ipynb", ".zip")
MAX_BYTES = 200


@dataclass(frozen=True, slots=True)
class Found:
    """One submission's name and place."""

    name: str
    path: Path


def find_submissions(folder: Path, *, but: Path | None = None) -> tuple[list[Found], list[str]]:
    """The submissions in `folder`, and the names of entries that are none, both sorted without regard to case.

    Links, pipes and devices are no submissions. `but` is not looked at.

    Raises:
        BadSubmission: The folder does not exist, cannot be read, or holds no submission.
    """
    shown = printable(folder)
    try:
        with os.scandir(folder) as entries:
            kept = [entry for entry in entries if not CLUTTER.search(entry.name)]
    except FileNotFoundError:
        raise BadSubmission(f"{shown} does not exist: name the folder that holds the submissions") from None
    except NotADirectoryError:
        raise BadSubmission(f"{shown} is not a folder: to grade one file use `grade check`") from None
    except OSError as error:
        raise BadSubmission(f"{shown} cannot be read ({error.strerror}): check its permissions") from None
    kept.sort(key=lambda entry: (entry.name.casefold(), entry.name))
    paths: list[Path] = []
    others: list[str] = []
    for entry in kept:
        path = Path(entry.path)
        if not _is_submission(entry):
            others.append(printable(entry.name))
        elif but is None or path.resolve() != but.resolve():
            paths.append(path)
    if not paths:
        raise BadSubmission(f"{shown} holds no submission: expected .py, .ipynb or .zip files, or a folder each")
    return _named_apart(paths), others


def _is_submission(entry: os.DirEntry[str]) -> bool:
    if entry.is_dir(follow_symlinks=False):
        return True
    return entry.is_file(follow_symlinks=False) and entry.name.lower().endswith(SUFFIXES)


def _named_apart(paths: list[Path]) -> list[Found]:
    """Each with a name of its own: the short one where nobody else has it, else the whole file name, else numbered.

    Names that differ in case alone count as one, since reports are written in folders of these names.
    """
    short = Counter(folded(submission_name(path)) for path in paths)
    found: list[Found] = []
    taken: set[str] = set()
    for path in paths:
        name = submission_name(path)
        base = name if short[folded(name)] == 1 else _cut(printable(path.name))
        name, number = base, 1
        while folded(name) in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(folded(name))
        found.append(Found(name, path))
    return found


def submission_name(path: Path) -> str:
    """What a submission is called: a file's name without its ending, a folder's name."""
    return _cut(printable(path.name if path.is_dir() else path.stem))


def _cut(name: str) -> str:
    """At most as long as a folder's name may be, with room for a number behind it."""
    return name.encode()[:MAX_BYTES].decode("utf-8", "ignore")
