"""Rung A: the zygote moves into namespaces of its own, with a root that holds only what a guest may read.

Nothing of the machine is left in sight there: no other process, no network, no /proc, no file but the listed ones, all
read-only. Each M then gets a process namespace, in which it is process 1, and a small file system to write in.

The zygote as an ordinary user maps itself to user 1000 inside. As root it builds the root file system first, so that
whatever is to be read may lie below folders that only root can enter, and then becomes a user of its own (`uid`), since
the limit on processes does not hold for root.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from . import linux

ALL = ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup")
STAGE = "/sys"  # where the new root is put together: a folder that is everywhere and never to be read
BOX = "/box"
DEVICES = ("null", "zero", "full", "random", "urandom")
INSIDE = 1000
ROOT_OPTIONS = "size=4m,nr_inodes=4096,mode=755"


def enter(read: Sequence[str], hide: Sequence[str], uid: int) -> None:
    """Move this process into the namespaces; it goes on as their process 1, a child of the one that called.

    Args:
        read: Files and folders that a guest may read, links as links.
        hide: Folders among them of which nothing is to be seen but what `read` lists below them.
        uid: Whom to become, where we are root.

    Raises:
        OSError: The kernel, or whoever configured it, refuses.
    """
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    if os.getuid() == 0:
        linux.unshare("mnt")
        _build_root(read, hide)
        _become_another(uid, proc)
    else:
        me = os.getuid(), os.getgid()
        linux.unshare(*ALL)
        _map(proc, "self", *me)
        _build_root(read, hide)
    os.close(proc)
    _become_first()


def new_box(size_mb: int) -> None:
    """Give this process, an M, a file system of its own to write in, and make that the current folder."""
    linux.unshare("mnt", "ipc")
    flags = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    linux.mount("tmpfs", BOX, "tmpfs", flags, f"size={size_mb}m,nr_inodes=4096,mode=700")
    os.chdir(BOX)


# ---------------------------------------------------------------------------------------------------- the new root


def _build_root(read: Sequence[str], hide: Sequence[str]) -> None:
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    flags = linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("tmpfs", STAGE, "tmpfs", flags, ROOT_OPTIONS)
    covers = []
    for path in sorted({*read, *hide}, key=lambda path: Path(path).parts):  # what lies in a folder after the folder
        if path in hide:
            covers += _cover(path)
        else:
            _show(path)
    for cover in covers:
        linux.mount("none", cover, None, linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | flags)
    for device in DEVICES:
        _make_place(f"{STAGE}/dev/{device}", folder=False)
        linux.bind_device(f"/dev/{device}", f"{STAGE}/dev/{device}")
    Path(STAGE + BOX).mkdir()
    etc = Path(STAGE, "etc")
    etc.mkdir(exist_ok=True)
    (etc / "passwd").write_text(f"student:x:{INSIDE}:{INSIDE}:student:{BOX}:/bin/false\n")
    (etc / "group").write_text(f"student:x:{INSIDE}:\n")
    linux.enter_root(STAGE)
    linux.mount("none", "/", None, linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | flags)


def _show(path: str) -> None:
    place = Path(STAGE + path)
    source = Path(path)
    if place.is_symlink() or (place.exists() and source.is_symlink()):  # it came along with its folder
        return
    if source.is_symlink():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(source.readlink())
    elif source.exists():
        _make_place(str(place), folder=source.is_dir())
        linux.bind_read_only(path, str(place))


def _cover(path: str) -> list[str]:
    """Put an empty file system over a folder that came along with the one it lies in."""
    place = STAGE + path
    if not Path(place).is_dir():
        return []
    linux.mount("tmpfs", place, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, ROOT_OPTIONS)
    return [place]


def _make_place(place: str, *, folder: bool) -> None:
    path = Path(place)
    (path if folder else path.parent).mkdir(parents=True, exist_ok=True)
    if not folder:
        path.touch()


# ---------------------------------------------------------------------------------------------------------- users


def _become_another(uid: int, proc: int) -> None:
    """Root's way: a helper that stays outside maps `uid` into the new user namespace, which nobody inside may do."""
    os.setgroups([])
    me = os.getpid()
    ready, go = os.pipe()
    helper = os.fork()
    if helper == 0:
        try:
            os.read(ready, 1)
            _map(proc, str(me), uid, uid)
        except OSError:
            os._exit(1)
        os._exit(0)
    try:
        linux.unshare(*ALL)
        os.write(go, b"g")
    finally:
        os.close(go)
        os.close(ready)
        if os.waitpid(helper, 0)[1] != 0:
            raise PermissionError(f"user {uid} cannot be mapped into the namespace")
    os.setresgid(INSIDE, INSIDE, INSIDE)
    os.setresuid(INSIDE, INSIDE, INSIDE)


def _map(proc: int, process: str, uid: int, gid: int) -> None:
    """Say who user and group 1000 of the namespace of `process` are outside."""
    texts = {"uid_map": f"{INSIDE} {uid} 1", "gid_map": f"{INSIDE} {gid} 1"}
    if process == "self":  # without privilege, group lists must be given up first
        texts = {"setgroups": "deny", **texts}
    for name, text in texts.items():
        descriptor = os.open(f"{process}/{name}", os.O_WRONLY, dir_fd=proc)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)


def _become_first() -> None:
    """A new process namespace is for children: go on in one, and let the parent only wait."""
    child = os.fork()
    if child:
        linux.close_all_but({2})
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os._exit(status if status >= 0 else 1)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    linux.set_host_name("guest")
