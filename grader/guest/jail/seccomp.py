"""Seccomp: the kernel refuses this process, and all that it forks, every system call that is not listed.

A filter is a program in classic BPF over `struct seccomp_data { int nr; u32 arch; u64 instruction_pointer; u64
args[6] }`. Each rule is a jump over its own body; an argument's low half is enough for flags and small numbers.
"""

from __future__ import annotations

import ctypes
import errno
import struct

from . import linux
from .syscalls import ALLOWED, BY_ARGUMENT, MACHINES

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
KILL, ALLOW, FAIL = 0x80000000, 0x7FFF0000, 0x00050000
NOT_PERMITTED, NO_SUCH_CALL, NOT_A_TERMINAL = FAIL | errno.EPERM, FAIL | errno.ENOSYS, FAIL | errno.ENOTTY
NOT_SUPPORTED = FAIL | errno.ENOTSUP
PRETEND = FAIL | 0  # says that it was done, and does nothing
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # offsets in seccomp_data
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32 = 0x40000000  # the bit of x86-64's second table of calls
SET_MODE_FILTER = 1

AF_UNIX = 1
# SOCK_STREAM with CLOEXEC, NONBLOCK, both: half of a pair for datagrams could send to any socket by its path.
STREAM = (0x1, 0x80001, 0x801, 0x80801)
NEW_NAMESPACES = 0x7E020080
SIBLING = 0x8000  # CLONE_PARENT: a process beside M, not below it, would not be counted as the submission's
# fmt: off
# PDEATHSIG, GET_DUMPABLE, SET_NAME, GET_NAME, CAPBSET_READ, GET_NO_NEW_PRIVS, names of memory areas
PRCTL = (1, 3, 15, 16, 23, 39, 0x53564D41)
IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
FCNTL_REFUSED = (8, 10, 15, 1024, 1026, 1031)  # SETOWN, SETSIG, SETOWN_EX, SETLEASE, NOTIFY, SETPIPE_SZ
# fmt: on
SIGNALS = ("kill", "tgkill", "tkill", "rt_sigqueueinfo")
# What Landlock does not guard: the owner of a file may change these whatever may be opened.
MODES = ("chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat")
ATTRIBUTES = ("set", "lset", "fset", "get", "lget", "fget", "list", "llist", "flist")
OLD_TIMES = ("utime", "utimes", "futimesat")


def program(*, signals_to: int | None = None, marks: bool = True, machine: str = linux.MACHINE) -> bytes:
    """The filter.

    Args:
        signals_to: Where there is no process namespace, the only process that may be sent a signal.
        marks: Whether modes, owners and times of files may be changed. Where the machine's own files are in reach,
            nothing comes of it: what copies a file with its mode goes on as if something had.
        machine: Whose system calls.
    """
    column = MACHINES.index(machine)
    numbers = {name: pair[column] for name, pair in (ALLOWED | BY_ARGUMENT).items()}
    lines = [_line(LOAD, ARCHITECTURE), _line(JUMP_EQUAL, AUDIT[machine], 1, 0), _line(RETURN, KILL)]
    lines.append(_line(LOAD, NUMBER))
    if machine == "x86_64":
        lines += [_line(JUMP_AT_LEAST, X32, 0, 1), _line(RETURN, KILL)]
    rules = _by_argument()
    if signals_to is not None:
        rules |= {name: _only(0, (signals_to,), NOT_PERMITTED) for name in SIGNALS[:2]}
        rules |= {name: [_line(RETURN, NOT_PERMITTED)] for name in SIGNALS[2:]}
    if not marks:
        rules |= {name: [_line(RETURN, PRETEND)] for name in MODES}
        rules |= {name: [_line(RETURN, NOT_PERMITTED)] for name in OLD_TIMES}
        # Without times this is `touch`, and Path.touch makes a file where it fails.
        rules["utimensat"] = [_line(LOAD, _argument(2)), _line(JUMP_EQUAL, 0, 0, 1), _line(RETURN, NOT_PERMITTED)]
        rules["utimensat"].append(_line(RETURN, PRETEND))
    rules |= {name: [_line(RETURN, ALLOW)] for name in ALLOWED if name not in rules}
    for name, body in rules.items():
        if numbers[name] is not None:
            lines += [_line(JUMP_EQUAL, numbers[name] or 0, 0, len(body)), *body]
    lines.append(_line(RETURN, NOT_PERMITTED))
    return b"".join(lines)


def _by_argument() -> dict[str, list[bytes]]:
    """What each of these calls comes to; a body always returns."""
    refused_commands = [_line(LOAD, _argument(1))]
    for command in FCNTL_REFUSED:
        refused_commands += [_line(JUMP_EQUAL, command, 0, 1), _line(RETURN, NOT_PERMITTED)]
    as_a_child = [_line(LOAD, _argument(0)), _line(JUMP_ANY_BIT, NEW_NAMESPACES | SIBLING, 0, 1)]
    other_families = [_line(LOAD, _argument(0)), _line(JUMP_EQUAL, AF_UNIX, 1, 0), _line(RETURN, NOT_PERMITTED)]
    return {
        "clone": [*as_a_child, _line(RETURN, NOT_PERMITTED), _line(RETURN, ALLOW)],
        "socketpair": [*other_families, *_only(1, STREAM, NOT_PERMITTED)],
        "prlimit64": _only(0, (0,), NOT_PERMITTED),  # of the process itself
        "sched_setaffinity": _only(0, (0,), NOT_PERMITTED),  # likewise
        "prctl": _only(0, PRCTL, NOT_PERMITTED),
        "ioctl": _only(1, IOCTL, NOT_A_TERMINAL),
        "fcntl": [*refused_commands, _line(RETURN, ALLOW)],
        # A filter cannot read clone3's flags, which lie in memory; libc then falls back to clone.
        **{name: [_line(RETURN, NO_SUCH_CALL)] for name in ("clone3", "openat2", "io_uring_setup", "memfd_create")},
        "pidfd_open": [_line(RETURN, NO_SUCH_CALL)],
        # What copies a file with all that belongs to it goes on where a file system has no attributes.
        **{f"{call}xattr": [_line(RETURN, NOT_SUPPORTED)] for call in ATTRIBUTES},
    }


def _only(argument: int, values: tuple[int, ...], otherwise: int) -> list[bytes]:
    lines = [_line(LOAD, _argument(argument))]
    for value in values:
        lines += [_line(JUMP_EQUAL, value, 0, 1), _line(RETURN, ALLOW)]
    return [*lines, _line(RETURN, otherwise)]


def _argument(place: int) -> int:
    return ARGUMENTS + 8 * place  # the low half, on these little-endian machines


def _line(code: int, k: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, k)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install(lines: bytes) -> None:
    """Put this process under the filter, for good.

    Raises:
        OSError: The kernel refuses; without privilege, no_new_privs must be set first.
    """
    kept = ctypes.create_string_buffer(lines, len(lines))
    fprog = _Program(len(lines) // 8, ctypes.addressof(kept))
    linux.syscall("seccomp", ctypes.c_uint(SET_MODE_FILTER), ctypes.c_uint(0), ctypes.byref(fprog))
