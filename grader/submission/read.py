"""From a path to a `Submission`."""

from __future__ import annotations

import hashlib
import io
import re
import tokenize
from pathlib import Path, PurePosixPath

from grader.model import BadSubmission, Source, Submission
from grader.submission.choose import choose
from grader.submission.files import read_path
from grader.submission.find import submission_name
from grader.submission.notebook import code_cells

MAX_CODE = 2 << 20
_IMPORT = re.compile(r"^\s*(?:from|import|%)\s*(matplotlib|[\w.]+)((?:\s*,\s*[\w.]+)*)", re.MULTILINE)


def read_submission(path: Path, expected: tuple[str, ...], name: str | None = None) -> Submission:
    """What lies at `path`: a module, a notebook, a folder or a zip.

    Args:
        path: A file or a folder.
        expected: The file names that the assignment asks for.
        name: What the submission is called; by default the path's name without its ending.

    Raises:
        BadSubmission: It cannot be read, or it is not clear which file is meant.
    """
    files = read_path(path)
    chosen, notes = choose(files.contents, expected, str(path))
    if chosen == path.name:
        notes = ()  # one file by itself: the user has named it, and class folders name files after students
    content = files.contents[chosen]
    source, more = _source(chosen, content, f"{path}/{chosen}" if path.is_dir() else str(path))
    return Submission(
        name=name or submission_name(path.absolute()),
        sources=(source,),
        files=_beside(chosen, files.contents),
        digest=_digest(files.contents),
        imports=_imports(source),
        notes=(*files.notes, *notes, *more),
    )


def _source(name: str, content: bytes, origin: str) -> tuple[Source, tuple[str, ...]]:
    """The code of one file, and notes on what is odd about it."""
    notes: tuple[str, ...] = ()
    if name.endswith(".ipynb"):
        cells = code_cells(content, origin)
    else:
        text, notes = _decode(content, origin)
        cells = (text,)
    if sum(map(len, cells)) > MAX_CODE:
        raise BadSubmission(f"{origin} holds more than {MAX_CODE >> 20} MiB of code: keep data in files of its own")
    return Source(name=PurePosixPath(name).name, cells=cells, notebook=name.endswith(".ipynb")), notes


def _decode(content: bytes, origin: str) -> tuple[str, tuple[str, ...]]:
    """Python text. An editor's wrong encoding is no reason for a zero, so it is mended and noted."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), (
            "the file is in UTF-16, which Python does not read: save as UTF-8",
        )
    if b"\0" in content:
        raise BadSubmission(f"{origin} is not Python text: hand in the .py file itself")
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(content).readline)[0]
        return content.decode(encoding), ()
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return content.decode("cp1252", "replace"), ("the file is not in UTF-8, which Python expects: save as UTF-8",)


def _beside(chosen: str, contents: dict[str, bytes]) -> dict[str, bytes]:
    """The files of the chosen one's folder, by their names in it, for helpers and data."""
    folder = chosen.rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    return {name.removeprefix(prefix): data for name, data in contents.items() if name.startswith(prefix)}


def _digest(contents: dict[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(contents):
        whole.update(f"{name}\0".encode("utf-8", "replace") + hashlib.sha256(contents[name]).digest())
    return whole.hexdigest()


def _imports(source: Source) -> frozenset[str]:
    """The top-level names that seem to be imported: a hint for what to preload, nothing more."""
    found: set[str] = set()
    for cell in source.cells:
        for match in _IMPORT.finditer(cell):
            names = [match[1], *re.findall(r"[\w.]+", match[2])]
            found.update(name.partition(".")[0] for name in names)
    return frozenset(found)
