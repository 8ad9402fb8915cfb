"""The files of one submission in memory, every size and name bounded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NoReturn

from grader.model import BadSubmission
from grader.submission.names import elsewhere, folded, printable

MIB = 1 << 20
MAX_FILES = 300
MAX_ENTRIES = 4 * MAX_FILES  # with folders and clutter
MAX_FILE = 16 * MIB
MAX_TOTAL = 32 * MIB
MAX_NAME = 255
MAX_DEPTH = 8
MAX_NOTES = 20
ALONE = "hand in the assignment's files alone"


@dataclass(slots=True)
class Files:
    """Relative name to content, filled one by one under the bounds."""

    origin: Path
    contents: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    total: int = 0
    _taken: set[str] = field(default_factory=set)
    _folders: set[str] = field(default_factory=set)

    def add(self, name: str, content: bytes) -> None:
        """Take one file.

        Raises:
            BadSubmission: One too many, too large, or with a name that another has or that could lie elsewhere.
        """
        name = self._relative(name)
        self.total += len(content)
        if len(self.contents) >= MAX_FILES:
            self.refuse(f"holds more than {MAX_FILES} files: {ALONE}")
        if len(content) > MAX_FILE:
            self.refuse(f"holds {name!r}, which is larger than {MAX_FILE // MIB} MiB: {ALONE}")
        if self.total > MAX_TOTAL:
            self.refuse(f"is larger than {MAX_TOTAL // MIB} MiB when unpacked: {ALONE}")
        self._reserve(name)
        self.contents[name] = content

    @property
    def room(self) -> int:
        """How many bytes the next file may have."""
        return min(MAX_FILE, MAX_TOTAL - self.total)

    def leave_out(self, name: str, why: str) -> None:
        """Note that a file is not taken."""
        if len(self.notes) < MAX_NOTES:
            self.notes.append(f"{printable(name)} {why}, and was left out")
        elif len(self.notes) == MAX_NOTES:
            self.notes.append("more files were left out")

    def refuse(self, why: str) -> NoReturn:
        """End the reading."""
        raise BadSubmission(f"{printable(self.origin)} {why}")

    def _relative(self, name: str) -> str:
        shown = printable(name)
        parts = PurePosixPath(shown).parts
        if elsewhere(name) or not parts:
            self.refuse(f"holds a file named {shown[:60]!r}, which may lie outside: pack it again")
        if len(parts) > MAX_DEPTH or len(shown.encode()) > MAX_NAME:
            self.refuse(f"holds a file nested too deep or named too long, {shown[:60]!r}: move or rename it")
        return "/".join(parts)

    def _reserve(self, name: str) -> None:
        """Two files of one name, or a file where another needs a folder, could not both be written."""
        key = folded(name)
        above = {str(parent) for parent in PurePosixPath(key).parents} - {"."}
        if key in self._taken:
            self.refuse(f"holds two files named {name!r}: rename one of them")
        if key in self._folders or above & self._taken:
            self.refuse(f"holds a file and a folder of one name at {name!r}: rename one of them")
        self._taken.add(key)
        self._folders |= above
