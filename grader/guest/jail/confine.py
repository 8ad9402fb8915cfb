"""Takes from M, and so from all that it forks, every right that student code does not need; on both rungs."""

from __future__ import annotations

import resource
from collections.abc import Mapping, Sequence
from typing import Any

from . import landlock, linux, seccomp

MIB = 1 << 20
FILES, PROCESSES, SIGNALS = 64, 32, 128
STACK = 8 * MIB


def confine(
    limits: Mapping[str, Any],
    *,
    read: Sequence[str],
    write: Sequence[str],
    program: bytes,
    tasks: int = 0,
    capabilities: int = 0,
) -> None:
    """Confine this process, for good.

    Args:
        limits: `memory_mb`, `disk_mb` and `cpu_seconds`, as the assignment gives them.
        read: Files and folders that may be read.
        write: Those that may be written as well.
        program: The seccomp filter.
        tasks: How many processes of the same user there are already, where they count.
        capabilities: The set of those that are kept.

    Raises:
        OSError: The kernel refuses; nothing of the student's may run then.
    """
    _limit(limits, tasks)
    linux.drop_capabilities(keep=capabilities)
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict(read=read, write=write)
    seccomp.install(program)


def _limit(limits: Mapping[str, Any], tasks: int) -> None:
    # fmt: off
    bounds = {
        resource.RLIMIT_AS:         int(limits["memory_mb"]) * MIB,
        resource.RLIMIT_FSIZE:      int(limits["disk_mb"]) * MIB,
        resource.RLIMIT_CORE:       0,
        resource.RLIMIT_NOFILE:     FILES,
        resource.RLIMIT_NPROC:      PROCESSES + tasks,
        resource.RLIMIT_STACK:      STACK,
        resource.RLIMIT_MSGQUEUE:   0,
        resource.RLIMIT_MEMLOCK:    0,
        resource.RLIMIT_SIGPENDING: SIGNALS,
    }
    # fmt: on
    for kind, bound in bounds.items():
        hard = resource.getrlimit(kind)[1]
        lowest = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(kind, (lowest, lowest))
