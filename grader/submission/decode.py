"""From the bytes of a Python file to its text."""

from __future__ import annotations

import codecs
import re
import string

from grader.model import BadSubmission

UTF_16 = "the file is in UTF-16, which Python does not read: save as UTF-8"
NOT_UTF_8 = "the file is not in UTF-8, which Python expects: save as UTF-8"
DECLARED = "the file declares an encoding that cannot be used, and was read as UTF-8: take the declaration out"
# Printable ASCII, and what encodings of escapes and of host names would read as something else.
_SAMPLE = string.printable.replace("\\", "") + r"\n\x41\u0041.xn--bcher-kva"
_BLANK = rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n)"
_CODING = re.compile(rb"(?:%b)??[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]{1,40})" % _BLANK)


def decode(content: bytes, origin: str) -> tuple[str, tuple[str, ...]]:
    """Python text, and a note. An editor's wrong encoding is no reason for a zero, so it is mended and noted.

    Raises:
        BadSubmission: It is no text.
    """
    text, notes = _text(content)
    if "\0" in text:
        raise BadSubmission(f"{origin} is not Python text: hand in the .py file itself")
    return text, notes


def _text(content: bytes) -> tuple[str, tuple[str, ...]]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace"), (UTF_16,)
    declared = None if content.startswith(codecs.BOM_UTF8) else _CODING.match(content)
    for encoding, notes in ((declared[1].decode() if declared else "utf-8-sig", ()), ("utf-8", (DECLARED,))):
        text = _decoded(content, encoding)
        if text is not None:
            return text, notes
    return content.decode("cp1252", "replace"), (NOT_UTF_8,)


def _decoded(content: bytes, encoding: str) -> str | None:
    """The text, where `encoding` is one for source code and fits.

    One for source code leaves ASCII as it is. Others (punycode, idna, undefined, hex) raise what they like, or take
    time that grows with the square of the length, and are not asked for more than a line.
    """
    try:
        if _SAMPLE.encode().decode(encoding) != _SAMPLE:
            return None
        return content.decode(encoding)
    except (LookupError, ValueError):
        return None
