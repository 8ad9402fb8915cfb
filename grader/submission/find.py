"""Finds the submissions in a folder: one per file or subfolder."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grader.model import BadSubmission
from grader.submission.files import CLUTTER, printable

SUFFIXES = (".py", ".ipynb", ".zip")


@dataclass(frozen=True, slots=True)
class Found:
    """One submission's name and place."""

    name: str
    path: Path


def find_submissions(folder: Path, *, but: Path | None = None) -> tuple[list[Found], list[Path]]:
    """The submissions in `folder`, sorted by name, and the entries that are none; `but` is not looked at.

    Raises:
        BadSubmission: The folder does not exist, cannot be read, or holds no submission.
    """
    try:
        entries = sorted(path for path in folder.iterdir() if not CLUTTER.search(path.name) and not _same(path, but))
    except FileNotFoundError:
        raise BadSubmission(f"{folder} does not exist: name the folder that holds the submissions") from None
    except NotADirectoryError:
        raise BadSubmission(f"{folder} is not a folder: to grade one file use `grade check`") from None
    except OSError as error:
        raise BadSubmission(f"{folder} cannot be read: {error.strerror}") from None
    paths = [path for path in entries if path.is_dir() or path.suffix.lower() in SUFFIXES]
    if not paths:
        raise BadSubmission(f"{folder} holds no submission: expected .py, .ipynb or .zip files, or a folder each")
    return _named_apart(paths), [path for path in entries if path not in paths]


def _same(path: Path, other: Path | None) -> bool:
    return other is not None and path.resolve() == other.resolve()


def _named_apart(paths: list[Path]) -> list[Found]:
    """Each with a name of its own: the short one where nobody else has it, else the whole file name, else numbered."""
    short = Counter(submission_name(path) for path in paths)
    found: list[Found] = []
    taken: Counter[str] = Counter()
    for path in paths:
        name = submission_name(path)
        name = name if short[name] == 1 else printable(path.name)
        taken[name] += 1
        found.append(Found(name if taken[name] == 1 else f"{name} ({taken[name]})", path))
    return found


def submission_name(path: Path) -> str:
    """What a submission is called: a file's name without its ending, a folder's name."""
    return printable(path.name if path.is_dir() else path.stem)
