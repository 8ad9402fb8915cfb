"""Reads a zip that a stranger packed. Nothing that it claims of itself is believed."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib

from grader.model import BadSubmission
from grader.submission.files import ALONE, MAX_ENTRIES, MAX_FILES, MIB, Files
from grader.submission.names import CLUTTER, printable

CHUNK = 1 << 16
MAX_DIRECTORY = MIB  # what a zip says of its files, in all
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack a whole entry at once, however large it is
_ENCRYPTED = 0x1 | 0x40
_DOS = 0
# What zipfile has been seen to raise over damaged bytes, which it does not promise to check.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class _Bounded(io.BytesIO):
    """A zip in memory. Its list of files, which zipfile reads in one piece, may only be so long."""

    def __init__(self, data: bytes, files: Files) -> None:
        super().__init__(data)
        self._files = files

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > MAX_DIRECTORY:
            self._files.refuse(f"holds more than {MAX_FILES} files: {ALONE}")
        return super().read(size)


def read_zip(data: bytes, files: Files) -> None:
    """Add the files in the zip `data`, without clutter.

    Raises:
        BadSubmission: It is damaged, encrypted, packed in an unusual way, or over the bounds.
    """
    try:
        with zipfile.ZipFile(_Bounded(data, files)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                files.refuse(f"holds more than {MAX_FILES} files: {ALONE}")
            if sum(entry.compress_size for entry in entries) > len(data):
                files.refuse("is not a zip that can be read (files overlap in it): pack it again")
            for entry in entries:
                name = _name(entry)
                if not name.endswith("/") and not CLUTTER.search(name):
                    files.add(name, _content(archive, entry, files))
    except _DAMAGED as error:
        why = printable(error)[:100] or type(error).__name__
        raise BadSubmission(f"{printable(files.origin)} is not a zip that can be read ({why}): pack it again") from None


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as packed: zipfile's own `filename` hides what comes after a NUL."""
    name = entry.orig_filename
    return name.replace("\\", "/") if entry.create_system == _DOS else name


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, files: Files) -> bytes:
    """The bytes of one file. What is really in it counts, not the size that it claims."""
    shown = printable(entry.orig_filename)[:60]
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        files.refuse(f"holds a link or a device, {shown!r}: pack it again")
    if entry.flag_bits & _ENCRYPTED:
        files.refuse("is encrypted: pack it again without a password")
    if entry.compress_type not in PACKED:
        files.refuse(f"holds {shown!r}, compressed in an unusual way: pack it again as an ordinary zip (deflate)")
    content, room = bytearray(), files.room
    with archive.open(entry) as stream:
        while len(content) <= room and (chunk := stream.read(CHUNK)):
            content += chunk
    return bytes(content)
