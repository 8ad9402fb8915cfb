"""The rungs of protection that a zygote may be asked to enter, and what each means in words."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from grader.model import Protection
from grader.sandbox.packages import Table
from grader.sandbox.readable import readable

LOWEST_USER, USERS = 60_000, 5_000  # numbers that no account has, and that containers map too


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung; `grade doctor` and the reports say of it what `protection` says."""

    name: Literal["A", "B", "none"]
    says: str

    @property
    def protection(self) -> Protection:
        """For a report."""
        return Protection(self.name, self.says)

    def config(self, packages: Table) -> Mapping[str, object]:
        """What a zygote is told."""
        if self.name == "none":
            return {"rung": self.name}
        shown = readable(packages)
        read, hide = (shown.read, shown.hide) if self.name == "A" else (shown.without_hidden(), ())
        return {"rung": self.name, "read": read, "hide": hide, "uid": LOWEST_USER + secrets.randbelow(USERS)}


A = Rung(
    "A",
    "student code ran in namespaces of its own: no network, no other process and no file of this machine in sight but "
    "Python and the allowed packages, system calls filtered, and time, memory, disk and processes bounded",
)
B = Rung(
    "B",
    "no namespaces, but student code could open no file but Python's, the allowed packages' and its own, reach no "
    "network, and start no program; system calls filtered, and time, memory, disk and processes bounded",
)
NONE = Rung(
    "none",
    "no jail: student code ran in processes of its own, under deadlines, a memory limit and the import policy, "
    "but with the rights of the user who graded",
)
