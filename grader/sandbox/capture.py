"""What student code prints: kept up to a cap, drained beyond it, and cleaned before anyone reads it."""

from __future__ import annotations

import os
import re
import threading

KEEP = 1 << 16
CHUNK = 1 << 16
MAX_TEXT = 20_000
NOT_KEPT = "[more was printed, and not kept]"
NOT_SHOWN = "[more follows, and is not shown]"

_ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\-_])")
_SCRATCH = re.compile(
    r"(?:/[^\s/'\":]+)*/gradgrader-[a-z0-9_-]+(?:/[0-9]+)?(?=[/\s'\":)]|$)"
)  # where a submission lies
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,16}\b")
_FORBIDDEN = re.compile(r"[^\n\t\x20-\x7e\xa0-\U0010ffff]|[\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Capture:
    """One stream of output. Nothing that a student prints, however much, fails a check or fills our memory."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._lost = False

    def restart(self) -> None:
        """Forget what was read."""
        self._kept.clear()
        self._seen = 0

    def feed(self, data: bytes) -> None:
        """Take what was read."""
        room = KEEP - len(self._kept)
        self._kept += data[:room]
        self._lost = self._lost or len(data) > room

    def drain(self, pipe: int) -> int | None:
        """Read some of what is there, and say how much: 0 at the end of the stream, None when nothing waits.

        The pipe must not block.
        """
        try:
            data = os.read(pipe, CHUNK)
        except BlockingIOError:
            return None
        self.feed(data)
        return len(data)

    def follow(self, pipe: int) -> threading.Thread:
        """Read a blocking pipe to its end in a thread of its own, and close it."""

        def read() -> None:
            while data := os.read(pipe, CHUNK):
                self.feed(data)
            os.close(pipe)

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread

    def text(self) -> str:
        """What is kept, cleaned, with a line that says whether there was more."""
        text = clean(bytes(self._kept).decode("utf-8", "replace"))
        return f"{text}\n{NOT_KEPT}" if self._lost else text


def clean(text: str) -> str:
    """Text that is safe to show and the same in every run.

    Terminal escapes and control characters go, a carriage return becomes a line end, addresses of objects and the name
    of the folder are masked, and what is too long is cut. How much is cut does not show: it differs with the addresses
    and times further on.
    """
    text = _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _SCRATCH.sub(".", _ADDRESS.sub("at 0x…", _FORBIDDEN.sub("\ufffd", text)))
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}\n{NOT_SHOWN}"
