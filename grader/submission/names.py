"""What the names of files may be: shown to people, written in a guest, or left out as clutter."""

from __future__ import annotations

import re
import unicodedata

# What operating systems, editors and version control leave about.
CLUTTER = re.compile(
    r"(^|/)(\.(?!\.?/)|(__pycache__|__MACOSX)(/|$)|Thumbs\.db$|desktop\.ini$|Icon\r$|[^/]+\.(pyc|egg-info)(/|$))"
)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")  # stands for a byte that is not UTF-8
_UNWRITABLE = re.compile(r"[:\\]")  # what Windows reads as a drive or a folder, and Linux as a letter
_DRIVE = re.compile(r"[A-Za-z]:/")


def printable(name: object) -> str:
    """A name or path as text that can be shown and stored, whatever bytes it is made of."""
    text = unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", str(name)))
    return _UNPRINTABLE.sub("_", text)


def writable(name: str) -> bool:
    """Whether every system would write a printable, relative `name` as the file that it says."""
    return not _UNWRITABLE.search(name)


def mended(name: str) -> str:
    """The nearest name that is printable and writable."""
    return _UNWRITABLE.sub("_", printable(name))


def elsewhere(name: str) -> bool:
    """Whether a name from an archive points out of its folder, on whatever system."""
    slashed = name.replace("\\", "/")
    return "\0" in name or slashed.startswith("/") or bool(_DRIVE.match(slashed)) or ".." in slashed.split("/")


def folded(name: str) -> str:
    """What two names have in common that are one file where case does not count."""
    return unicodedata.normalize("NFC", name.casefold())
