"""From a path to a `Submission`."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from grader.model import BadSubmission, Source, Submission
from grader.submission.choose import choose, module_of, parts
from grader.submission.decode import decode
from grader.submission.files import Files
from grader.submission.find import submission_name
from grader.submission.names import mended, printable, writable
from grader.submission.notebook import code_cells
from grader.submission.paths import read_path

MAX_CODE = 2 << 20
_IMPORT = re.compile(r"^[ \t]*(?:(?:from|import)[ \t]+|%[ \t]*)([\w.]+)((?:[ \t]*,[ \t]*[\w.]+)*)", re.MULTILINE)


def read_submission(
    path: Path,
    expected: tuple[str, ...],
    name: str | None = None,
    modules: Mapping[str, str] = MappingProxyType({}),
) -> Submission:
    """What lies at `path`: a module, several that belong together, a notebook, a folder or a zip.

    Args:
        path: A file or a folder.
        expected: The file names that the assignment asks for.
        name: What the submission is called; by default the path's name without its ending.
        modules: Names of files that may make up one submission together, to the dotted names that they are known by.

    Raises:
        BadSubmission: It cannot be read, or it is not clear which file is meant.
    """
    files = read_path(path)
    notes: tuple[str, ...] = ()
    chosen = parts(files.contents, expected, modules, printable(path))
    if not chosen:
        one, notes = choose(files.contents, expected, printable(path))
        chosen = [one]
    alone = chosen == [mended(path.name)]
    if alone:
        notes = ()  # one file by itself: the user has named it, and class folders name files after students
    sources = []
    for each in chosen:
        source, more = _source(each, files.contents[each], printable(path if alone else path / each))
        sources.append(replace(source, module=module_of(each, modules)))
        notes += more
    beside = _beside(chosen, files)
    return Submission(
        name=name or submission_name(path.absolute()),
        sources=tuple(sources),
        files=beside.contents,
        digest=_digest(files.contents),
        imports=frozenset().union(*map(_imports, sources)),
        notes=(*files.notes, *notes, *beside.notes),
    )


def _holds_a_notebook(content: bytes) -> bool:
    """Whether a .py file is what a notebook's "download" saved under another name."""
    return content.lstrip().startswith(b"{") and b'"nbformat"' in content and b'"cells"' in content


def _source(name: str, content: bytes, origin: str) -> tuple[Source, tuple[str, ...]]:
    """The code of one file, and notes on what is odd about it."""
    notes: tuple[str, ...] = ()
    notebook = name.lower().endswith(".ipynb")
    if not notebook and _holds_a_notebook(content):
        notebook, notes = True, (f"{name} holds a notebook: name it .ipynb",)
    if notebook:
        cells = code_cells(content, origin)
    else:
        text, notes = decode(content, origin)
        cells = (text,)
    if sum(map(len, cells)) > MAX_CODE:
        raise BadSubmission(f"{origin} holds more than {MAX_CODE >> 20} MiB of code: keep data in files of its own")
    if not any(map(str.strip, cells)):
        notes += ("the notebook has no code" if notebook else "the file is empty",)
    return Source(name=mended(PurePosixPath(name).name), cells=cells, notebook=notebook), notes


def _beside(chosen: Sequence[str], files: Files) -> Files:
    """The files of the folder that the chosen ones lie in, by their names in it, for helpers and data."""
    folder = posixpath.commonpath([name.rpartition("/")[0] for name in chosen])
    prefix = f"{folder}/" if folder else ""
    beside = Files(files.origin)
    for whole, content in files.contents.items():
        name = whole.removeprefix(prefix)
        if not whole.startswith(prefix):
            continue
        if whole in chosen:
            beside.add(mended(name), content)
        elif writable(name):
            beside.add(name, content)
        else:
            beside.leave_out(name, "has a colon or a backslash in its name, which not every system can write")
    return beside


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
