"""Brings a path's content into memory: a file, a folder or a zip, every size and name bounded. Nothing is written."""

from __future__ import annotations

import io
import re
import stat
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.model import BadSubmission

MIB = 1 << 20
MAX_FILES = 300
MAX_FILE = 16 * MIB
MAX_TOTAL = 32 * MIB
MAX_NAME = 200
MAX_DEPTH = 8
# What operating systems, editors and version control leave about.
CLUTTER = re.compile(r"(^|/)(\.(?!\.?/)|__pycache__/|__MACOSX/|Thumbs\.db$|desktop\.ini$|[^/]+\.(pyc|egg-info)(/|$))")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\:]")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(slots=True)
class Files:
    """Relative name to content, filled one by one under the bounds."""

    origin: Path
    contents: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    total: int = 0

    def add(self, name: str, content: bytes) -> None:
        """Take one file.

        Raises:
            BadSubmission: One too many, too large, or with a name that could lie elsewhere.
        """
        name = self._safe(name)
        self.total += len(content)
        if len(self.contents) >= MAX_FILES:
            self.refuse(f"holds more than {MAX_FILES} files: hand in the assignment's files alone")
        if len(content) > MAX_FILE or self.total > MAX_TOTAL:
            self.refuse(f"is larger than {MAX_TOTAL // MIB} MiB when unpacked: hand in the assignment's files alone")
        if name.casefold() in map(str.casefold, self.contents):
            self.refuse(f"holds two files named {name!r}: pack it again")
        self.contents[name] = content

    def _safe(self, name: str) -> str:
        safe, name = not _UNSAFE.search(name), printable(name)
        parts = PurePosixPath(name).parts
        if not safe or name.startswith("/") or ".." in parts or not parts:
            self.refuse(f"holds a file named {name[:60]!r}, which may lie outside: pack it again")
        if len(parts) > MAX_DEPTH or len(name.encode("utf-8", "replace")) > MAX_NAME:
            self.refuse(f"holds a file nested too deep or named too long: {name[:60]!r}")
        return "/".join(parts)

    def refuse(self, why: str) -> None:
        """End the reading."""
        raise BadSubmission(f"{self.origin} {why}")


def printable(name: str) -> str:
    """A file's name as text that can be shown and stored, whatever bytes it is made of."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _UNPRINTABLE.sub("_", unicodedata.normalize("NFC", text))


def read_path(path: Path) -> Files:
    """All files at `path`: a file by itself, a folder's or a zip's without clutter.

    Raises:
        BadSubmission: It does not exist, cannot be read, is over the bounds, or is no valid zip.
    """
    files = Files(path)
    try:
        if path.is_dir():
            _read_folder(path, files)
        elif path.suffix.lower() == ".zip":
            _read_zip(_read_file(path), files)
        else:
            files.add(_UNSAFE.sub("_", path.name), _read_file(path))
    except FileNotFoundError:
        raise BadSubmission(f"{path} does not exist: check the path") from None
    except OSError as error:
        raise BadSubmission(f"{error.filename or path} cannot be read: {error.strerror}") from None
    if len(files.contents) == 1 and (name := next(iter(files.contents))).lower().endswith(".zip"):
        _read_zip(files.contents.pop(name), files)  # a folder per student, with the zip that the student handed in
    return files


def _read_file(path: Path) -> bytes:
    with path.open("rb") as stream:
        content = stream.read(MAX_TOTAL + 1)
    if len(content) > MAX_TOTAL:
        raise BadSubmission(f"{path} is larger than {MAX_TOTAL // MIB} MiB: hand in the assignment's files alone")
    return content


def _read_folder(folder: Path, files: Files) -> None:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if CLUTTER.search(name):
            continue
        kind = path.lstat().st_mode
        if stat.S_ISREG(kind):
            files.add(name, _read_file(path))
        elif not stat.S_ISDIR(kind):
            files.notes.append(f"{name} is a link or a device, and was left out")


def _read_zip(data: bytes, files: Files) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > 4 * MAX_FILES:
                files.refuse(f"holds more than {MAX_FILES} files: hand in the assignment's files alone")
            for entry in entries:
                if not entry.is_dir() and not CLUTTER.search(entry.filename):
                    _read_entry(archive, entry, files)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise BadSubmission(f"{files.origin} is not a zip that can be read ({error}): pack it again") from None


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, files: Files) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        files.refuse(f"holds a link or a device, {entry.filename[:60]!r}: pack it again")
    if entry.flag_bits & 1:
        files.refuse("is encrypted: pack it again without a password")
    with archive.open(entry) as stream:  # what is really in it counts, not the size that it claims
        content = stream.read(min(MAX_FILE, MAX_TOTAL - files.total) + 1)
    files.add(entry.filename, content)
