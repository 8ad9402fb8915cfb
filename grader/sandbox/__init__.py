"""The trusted side of the wall: starts guests, calls them, keeps their time, ends them.

launcher = open_launcher(packages=("numpy",))
guest = Guest(launcher, Cargo(submission=submission))
with guest.check(Limits()) as child:
child.call("sigmoid", [x], {}, {})
guest.close()
launcher.close()
"""

from __future__ import annotations

import sys

from grader.guest.wire import NotPlain
from grader.model import Protection
from grader.sandbox import packages as _packages
from grader.sandbox.child import Child
from grader.sandbox.fresh import FreshProcesses
from grader.sandbox.guest import Avoid, Cargo, Guest
from grader.sandbox.member import GuestLost, Launcher
from grader.sandbox.zygote import Zygotes

__all__ = ["PROTECTION", "Avoid", "Cargo", "Child", "Guest", "GuestLost", "Launcher", "NotPlain", "open_launcher"]

PROTECTION = Protection(
    "none",
    "no jail: student code ran in processes of its own, under deadlines, a memory limit and the import policy, "
    "but with the rights of the user who graded",
)


def open_launcher(packages: tuple[str, ...], *, fork: bool = sys.platform == "linux") -> Zygotes | FreshProcesses:
    """The way of starting guests that this machine has.

    Raises:
        BadAssignment: A package that the assignment allows is not installed.
    """
    _packages.table(packages)
    return Zygotes(packages) if fork else FreshProcesses(packages)
