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
from grader.sandbox import packages as _packages
from grader.sandbox.canary import PROBES, Trial, best, prove, trials
from grader.sandbox.child import Child
from grader.sandbox.fresh import FreshProcesses
from grader.sandbox.guest import Avoid, Cargo, Guest
from grader.sandbox.member import GuestLost, Launcher
from grader.sandbox.rung import NONE, A, B, Rung
from grader.sandbox.zygote import Zygotes

__all__ = [
    "NONE",
    "PROBES",
    "A",
    "Avoid",
    "B",
    "Cargo",
    "Child",
    "Guest",
    "GuestLost",
    "Launcher",
    "NotPlain",
    "Rung",
    "Trial",
    "best",
    "open_launcher",
    "prove",
    "trials",
]


def open_launcher(
    packages: tuple[str, ...], rung: Rung = NONE, *, fork: bool = sys.platform == "linux"
) -> Zygotes | FreshProcesses:
    """The way of starting guests that this machine has.

    Raises:
        BadAssignment: A package that the assignment allows is not installed.
    """
    _packages.table(packages)
    return Zygotes(packages, rung) if fork else FreshProcesses(packages)
