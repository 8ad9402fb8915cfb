"""The rungs of protection as the zygote sees them: how an M is forked, where it lives, and what is cleared after it.

A rung is entered once, by the zygote, after it has preloaded: from then on neither it nor what it forks sees more.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .. import processes, trees
from . import confine, landlock, linux, namespaces, seccomp

ALWAYS = ("/dev/urandom", "/dev/zero", "/etc/passwd", "/etc/group")
NULL = "/dev/null"


class Rung(Protocol):
    """One way of keeping student code in."""

    @property
    def ahead(self) -> bool:
        """Whether an M may settle long before it is needed."""
        ...

    @property
    def gathers(self) -> bool:
        """Whether an M can be killed at any time: what it leaves running ends with it, or comes to the zygote."""
        ...

    def fork(self) -> int:
        """Fork an M: 0 in the M itself."""
        ...

    def settle(self, key: int, limits: Mapping[str, Any], keep: Sequence[int]) -> None:
        """In the M, which needs the descriptors `keep`: go to its folder, and give up every right it does not need."""
        ...

    def folder(self, key: int) -> str | None:
        """Where that M's files lie, if they lie where the grader can see them."""
        ...

    def clear(self, key: int, members: Collection[int]) -> None:
        """In the zygote, after an M: end what it left running and remove its files. `members` are the other Ms."""
        ...


def enter(config: Mapping[str, Any]) -> Rung:
    """Enter the rung that `config` asks for: `rung` "A", "B" or "none"; `read`, `hide` and `uid` as in `namespaces`.

    Raises:
        OSError: This machine does not have it.
    """
    if config["rung"] == "A":
        scratch = Path.cwd()
        os.chdir("/")
        shutil.rmtree(scratch, ignore_errors=True)
        namespaces.enter(config["read"], config["hide"], config["uid"])
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        return Namespaces(tuple(config["read"]), os.pidfd_open(os.getpid()), seccomp.program())
    home = str(Path.cwd())
    if config["rung"] == "none":
        return Bare(home)
    dedicated, capabilities = os.getuid() == 0, 0
    if dedicated:
        Path(home).chmod(0o700)
        os.chown(home, config["uid"], config["uid"])
        capabilities = _become(config["uid"], config["read"])
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)  # what a student leaves running comes to us, to be ended
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    if landlock.version() < 1:
        raise OSError("this kernel has no Landlock")
    outsiders_safe = dedicated or landlock.version() >= 6
    program = seccomp.program(marks=False) if outsiders_safe else None
    return Confined(home, tuple(config["read"]), dedicated, capabilities, program)


def _become(uid: int, read: Sequence[str]) -> int:
    """Root becomes a user of its own; the set of capabilities that this user needs to read what it may read.

    None, unless Python lies below a folder that root alone can enter. Landlock then is all that keeps files away.
    """
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    linux.prctl(linux.PR_SET_KEEPCAPS, 1)
    os.setresuid(uid, uid, uid)
    closed = [path for path in read if _is_closed(path)]
    needed = 1 << linux.CAP_DAC_READ_SEARCH if closed else 0
    try:
        linux.drop_capabilities(keep=needed)
    except PermissionError as error:
        raise PermissionError(f"user {uid} cannot read {closed[0]}: install Python where every user can") from error
    return needed


def _is_closed(path: str) -> bool:
    try:
        Path(path).stat()
    except PermissionError:
        return True
    except OSError:  # there is no such file
        return False
    return False


@dataclass(frozen=True, slots=True)
class Namespaces:
    """Rung A. Each M is process 1 of a namespace, so that nothing it starts outlives it."""

    read: tuple[str, ...]
    self_pidfd: int
    program: bytes
    ahead = gathers = True

    def fork(self) -> int:
        """A process that is the first of its namespace."""
        linux.unshare("pid")
        try:
            pid = os.fork()
        except OSError:
            linux.return_to_pid_namespace(self.self_pidfd)
            raise
        if pid:
            linux.return_to_pid_namespace(self.self_pidfd)
        return pid

    def settle(self, key: int, limits: Mapping[str, Any], keep: Sequence[int]) -> None:
        """In a file system of its own."""
        linux.close_all_but(keep)
        namespaces.new_box(int(limits["disk_mb"]))
        _make_home(namespaces.BOX)
        confine.confine(limits, read=(*self.read, *ALWAYS), write=(NULL, namespaces.BOX), program=self.program)

    def folder(self, key: int) -> None:
        """In the M's own file system, which ends with it."""

    def clear(self, key: int, members: Collection[int]) -> None:
        """Nothing is left."""


@dataclass(frozen=True, slots=True)
class Confined:
    """Rung B: no namespaces. `dedicated`: under a user of its own, so that it can signal nobody else's processes."""

    home: str
    read: tuple[str, ...]
    dedicated: bool
    capabilities: int
    program: bytes | None  # None: it differs from M to M
    gathers = True

    @property
    def ahead(self) -> bool:
        """Under a user of its own: else the limit on processes counts what that user runs at the moment."""
        return self.dedicated

    def fork(self) -> int:
        """A plain fork."""
        return os.fork()

    def settle(self, key: int, limits: Mapping[str, Any], keep: Sequence[int]) -> None:
        """In a folder of the zygote's."""
        linux.close_all_but(keep)
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)  # what it leaves running stays where its memory is counted
        linux.prctl(linux.PR_SET_DUMPABLE, 1)  # the zygote looks at what it holds open
        folder = self.folder(key)
        Path(folder).mkdir(mode=0o700)
        os.chdir(folder)
        _make_home(folder)
        tasks = 0 if self.dedicated else _tasks_of(os.getuid())
        confine.confine(
            limits,
            read=(*self.read, *ALWAYS),
            write=(NULL, folder),
            program=self.program or seccomp.program(signals_to=os.getpid(), marks=False),
            tasks=tasks,
            capabilities=self.capabilities,
        )

    def folder(self, key: int) -> str:
        """Below the zygote's own."""
        return f"{self.home}/{key}"

    def clear(self, key: int, members: Collection[int]) -> None:
        """What was left running was handed to the zygote, as its child."""
        _end_orphans(members)
        trees.remove(self.folder(key))


@dataclass(frozen=True, slots=True)
class Bare:
    """No rung: student code has the rights of whoever grades."""

    home: str
    ahead, gathers = True, False

    def fork(self) -> int:
        """A plain fork."""
        return os.fork()

    def settle(self, key: int, limits: Mapping[str, Any], keep: Sequence[int]) -> None:
        """In a folder of the zygote's, with a bound on memory."""
        folder = self.folder(key)
        Path(folder).mkdir(mode=0o700)
        os.chdir(folder)
        _make_home(folder)
        processes.limit_memory(limits)

    def folder(self, key: int) -> str:
        """Below the zygote's own."""
        return f"{self.home}/{key}"

    def clear(self, key: int, members: Collection[int]) -> None:
        """The files alone."""
        trees.remove(self.folder(key))


def _make_home(folder: str) -> None:
    os.environ["HOME"] = os.environ["TMPDIR"] = folder


def _tasks_of(uid: int) -> int:
    """How many processes and threads a user has: without a namespace of users the limit counts them all."""
    count = 0
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            with suppress(OSError):
                if entry.stat().st_uid == uid:
                    count += len(os.listdir(f"/proc/{entry.name}/task"))  # noqa: PTH208  (names alone, and many)
    return count


def _end_orphans(members: Collection[int]) -> None:
    """Kill every child that is no M, and those that they leave, and bury them when all are dead.

    Not before: a process that forks and ends all the time is never there when it is to be killed, but the dead who are
    not buried count, so that it comes to the end of what the limit on processes lets it have.
    """
    while orphans := _children() - set(members):
        living = [pid for pid in orphans if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None]
        for pid in living:
            os.kill(pid, signal.SIGKILL)
        if living:
            time.sleep(0.001)
        else:
            for pid in orphans:
                os.waitpid(pid, 0)


def _children() -> set[int]:
    me = os.getpid()
    return {int(pid) for pid in Path(f"/proc/{me}/task/{me}/children").read_text().split()}
