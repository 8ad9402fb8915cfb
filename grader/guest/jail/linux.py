"""The system calls that a jail is built of and that Python's standard library does not offer, through libc.

Each wrapper raises OSError where the kernel refuses. Constants: the kernel's own headers, include/uapi/linux.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Iterable

MACHINE = platform.machine()

# fmt: off
NUMBERS = {  # of calls that libc may lack a function for
    "x86_64":  {"pivot_root": 155, "capset": 126, "seccomp": 317},
    "aarch64": {"pivot_root": 41,  "capset": 91,  "seccomp": 277},
}
NUMBERS_EVERYWHERE = {"close_range": 436, "mount_setattr": 442, "landlock": 444}
NAMESPACES = {
    "mnt": 0x00020000, "cgroup": 0x02000000, "uts": 0x04000000, "ipc": 0x08000000,
    "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000,
}
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2, 4, 8, 32, 4096
MS_REC, MS_PRIVATE = 1 << 14, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 8, 24, 38
PR_SET_CHILD_SUBREAPER, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 36, 47, 4
CAP_VERSION_3 = 0x20080522
CAP_DAC_READ_SEARCH = 2
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
# fmt: on

_libc = ctypes.CDLL(None, use_errno=True)


def syscall(name: str, *arguments: object, offset: int = 0) -> int:
    """Call by number; `offset` counts from the first of a family, such as Landlock's three."""
    number = (NUMBERS[MACHINE] | NUMBERS_EVERYWHERE)[name] + offset
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments), name)


def unshare(*namespaces: str) -> None:
    """Leave the namespaces of these kinds for new ones; a new "pid" is for children alone."""
    flags = sum(NAMESPACES[name] for name in namespaces)
    _checked(_libc.unshare(ctypes.c_int(flags)), f"unshare {' '.join(namespaces)}")


def return_to_pid_namespace(pidfd: int) -> None:
    """Let children be born in the process namespace of `pidfd` again."""
    _checked(_libc.setns(ctypes.c_int(pidfd), ctypes.c_int(NAMESPACES["pid"])), "setns")


def mount(source: str, target: str, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    """Ask the kernel to mount something, or to change how a mount behaves."""
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind, data)]
    result = _libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3])
    _checked(result, f"mount {source} on {target}")


def bind_read_only(source: str, target: str) -> None:
    """Show `source`, and all that is mounted below it, at `target`: not to be written, no devices, no set-uid."""
    _bind(source, target, MS_RDONLY | MS_NOSUID | MS_NODEV)


def bind_device(source: str, target: str) -> None:
    """Show a device at `target`: to be read and written, but its own times and mode not to be changed."""
    _bind(source, target, MS_RDONLY | MS_NOSUID | MS_NOEXEC)


def _bind(source: str, target: str, flags: int) -> None:
    mount(source, target, None, MS_BIND | MS_REC)
    attributes = struct.pack("QQQQ", flags, 0, 0, 0)  # MOUNT_ATTR_ has the values of MS_ for these
    place, size = ctypes.c_char_p(os.fsencode(target)), ctypes.c_size_t(len(attributes))
    syscall(
        "mount_setattr", ctypes.c_int(AT_FDCWD), place, ctypes.c_uint(AT_RECURSIVE), ctypes.c_char_p(attributes), size
    )


def enter_root(folder: str) -> None:
    """Make `folder`, a mount, the root of this mount namespace, and let go of the old one."""
    os.chdir(folder)
    syscall("pivot_root", ctypes.c_char_p(b"."), ctypes.c_char_p(b"."))
    _checked(_libc.umount2(b".", ctypes.c_int(MNT_DETACH)), "umount2")
    os.chdir("/")


def prctl(option: int, *arguments: int) -> None:
    """Set something of this process, or of what it starts."""
    padded = [*arguments, *([0] * (4 - len(arguments)))]
    _checked(_libc.prctl(ctypes.c_int(option), *map(ctypes.c_ulong, padded)), f"prctl {option}")


def drop_capabilities(*, keep: int = 0) -> None:
    """All of them, for good: those that are held, but for the set `keep`, and those that a program could bring.

    Raises:
        OSError: What is to be kept was not held.
    """
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # beyond the last one, or there is none to drop with
            break
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header, kept = struct.pack("Ii", CAP_VERSION_3, 0), struct.pack("6I", keep, keep, 0, 0, 0, 0)
    syscall("capset", ctypes.c_char_p(header), ctypes.c_char_p(kept))


def close_all_but(kept: Iterable[int]) -> None:
    """Close every descriptor that is not in `kept`."""
    lowest = 0
    for descriptor in sorted(kept):
        _close_range(lowest, descriptor - 1)
        lowest = descriptor + 1
    _close_range(lowest, 2**32 - 1)


def _close_range(first: int, last: int) -> None:
    if first <= last:
        syscall("close_range", ctypes.c_uint(first), ctypes.c_uint(last), ctypes.c_uint(0))


def set_host_name(name: str) -> None:
    """Of this UTS namespace."""
    _checked(_libc.sethostname(name.encode(), ctypes.c_size_t(len(name))), "sethostname")


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result
