"""What guest processes do to one another and to themselves: shed, redirect, limit, bury."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

try:
    import fcntl
    import resource
except ImportError:  # Windows has none; the grader's deadline holds there too, and nothing is forked
    resource = fcntl = None  # type: ignore[assignment]

PR_SET_PDEATHSIG = 1
MIB = 1 << 20
FAULT = 70  # the exit code of a guest whose own code failed
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int | None = None) -> None:
    """Be killed by the kernel when the parent dies (Linux); one that is no longer `parent` has died already."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if parent is not None and os.getppid() not in (parent, 0):  # 0: one outside our namespace
            os._exit(FAULT)


def run_to_the_end(serve: Callable[[], None], *, silent: bool = False) -> NoReturn:
    """Run what a process is for and end it here: it never comes back into its parent's code.

    A fault is printed, for the grader to read; a `silent` process prints where students read.
    """
    try:
        serve()
    except BaseException:  # noqa: BLE001  (whatever it is, this process ends)
        if not silent:
            traceback.print_exc()
            sys.stderr.flush()
        os._exit(FAULT)
    os._exit(0)


def take_output(pipe: int) -> None:
    """Send what is printed, by Python or by C, to `pipe`, and give nothing to read."""
    os.dup2(pipe, 1)
    os.dup2(pipe, 2)
    os.close(pipe)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def above_standard(descriptor: int) -> int:
    """A copy of a descriptor, with a number that no standard stream has."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)


def renew_streams() -> None:
    """Print through new objects: a thread that was printing while this process was forked left the old ones locked."""
    for name, number, errors in (("stdout", 1, "strict"), ("stderr", 2, "backslashreplace")):
        if getattr(sys, name) is getattr(sys, f"__{name}__"):  # and not what a student has put in its place
            stream = os.fdopen(number, "w", encoding="utf-8", errors=errors, closefd=False)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


def kill(pid: int) -> None:
    """Kill a process with its group."""
    for how in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            how(pid, signal.SIGKILL)


def bury(pid: int, grace: float = 0.0) -> int:
    """Kill a process with its group, wait, and return its exit code (negative: the signal that ended it).

    One that is about to end by itself gets `grace` seconds for it, so that its own exit code is what is told.
    """
    if grace:
        _await_end(pid, grace)
    kill(pid)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _await_end(pid: int, seconds: float) -> None:
    """Wait for a child to end by itself."""
    with contextlib.suppress(OSError):  # in a jail there are no descriptors of processes
        handle = os.pidfd_open(pid)
        try:
            select.select([handle], [], [], seconds)
        finally:
            os.close(handle)
        return
    until = time.monotonic() + seconds
    while time.monotonic() < until and not os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        time.sleep(0.002)


def limit_memory(limits: Mapping[str, Any]) -> None:
    """Bound the address space and forbid core files, for this process and all that it forks."""
    _lower("RLIMIT_AS", int(limits["memory_mb"]) * MIB)
    _lower("RLIMIT_CORE", 0)


def limit_cpu(limits: dict[str, Any]) -> None:
    """Bound the CPU time from now on: SIGXCPU at the limit, and SIGKILL a second later if that is ignored."""
    _lower("RLIMIT_CPU", math.ceil(time.process_time() + limits["cpu_seconds"]), slack=1)


def _lower(name: str, value: int, slack: int = 0) -> None:
    if resource is None or not hasattr(resource, name):
        return
    kind = getattr(resource, name)
    hard = resource.getrlimit(kind)[1]
    highest = value + slack if hard == resource.RLIM_INFINITY else min(value + slack, hard)
    with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
        resource.setrlimit(kind, (min(value, highest), highest))
