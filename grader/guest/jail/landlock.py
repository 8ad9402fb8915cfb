"""Landlock: the kernel refuses this process, and all that it forks, every file that is not listed, and TCP.

It needs no privilege and cannot be undone. Which parts there are depends on the kernel's ABI version: files from 1
(Linux 5.13), truncation from 3, TCP from 4, abstract sockets and signals to processes outside from 6.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from . import linux

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
MAKE_CHAR, MAKE_SOCK, MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 11
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
FIRST = (1 << 13) - 1  # what version 1 knows
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV  # the other rights are a folder's
READ = READ_FILE | READ_DIR
ALL_TCP = 3
OUTSIDE = 3  # abstract unix sockets, and signals
CREATE, ADD_RULE, RESTRICT = 0, 1, 2
ASK_VERSION = 1
PATH_BENEATH = 1


def version() -> int:
    """The kernel's ABI version; 0 where there is no Landlock."""
    try:
        return linux.syscall("landlock", ctypes.c_void_p(0), ctypes.c_size_t(0), ctypes.c_uint(ASK_VERSION))
    except OSError:
        return 0


def restrict(*, read: Iterable[str], write: Iterable[str], at_most: int = 99) -> int:
    """Leave this process the files below `read` to read and those below `write`, and no others.

    Args:
        read: Files and folders; what does not exist is passed over.
        write: Likewise; no devices or sockets can be made there, and nothing run.
        at_most: Use no more than this version, to try what older kernels do.

    Returns:
        The version in force.

    Raises:
        OSError: The kernel has none, or refuses.
    """
    abi = min(version(), at_most)
    handled = FIRST | (REFER if abi >= 2 else 0) | (TRUNCATE if abi >= 3 else 0) | (IOCTL_DEV if abi >= 5 else 0)
    rules = _ruleset(abi, handled)
    try:
        for paths, rights in ((read, READ), (write, handled & ~(EXECUTE | MAKE_CHAR | MAKE_SOCK | MAKE_BLOCK))):
            for path in paths:
                _allow(rules, path, rights & handled)
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        linux.syscall("landlock", ctypes.c_int(rules), ctypes.c_uint(0), offset=RESTRICT)
    finally:
        os.close(rules)
    return abi


def _ruleset(abi: int, handled: int) -> int:
    known = 8 if abi < 4 else 16 if abi < 6 else 24  # bytes of the structure that this version knows
    attributes = struct.pack("QQQ", handled, ALL_TCP, OUTSIDE)[:known]
    size = ctypes.c_size_t(len(attributes))
    return linux.syscall("landlock", ctypes.c_char_p(attributes), size, ctypes.c_uint(0), offset=CREATE)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not Path(path).is_dir():
            rights &= OF_A_FILE
        rule = ctypes.c_char_p(struct.pack("=Qi", rights, descriptor))
        linux.syscall(
            "landlock", ctypes.c_int(rules), ctypes.c_int(PATH_BENEATH), rule, ctypes.c_uint(0), offset=ADD_RULE
        )
    finally:
        os.close(descriptor)
