"""What can be seen from outside of what attacks have left behind, and have changed of ours."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.attacks import processes
from tests.attacks.baits import Bait

MIB = 1 << 20
PUBLIC_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock")
TRIES = 250  # a fiftieth of a second apart: what is being ended may take a moment


# ------------------------------------------------------------------------------------------------------- left behind


@dataclass(frozen=True, slots=True)
class Seen:
    """What there was before an attack."""

    descriptors: int
    scratch: frozenset[Path]  # what the zygotes themselves have in their folders


def seen(bait: Bait) -> Seen:
    """As it is now."""
    return Seen(open_descriptors(), frozenset(_scratch(bait)))


def left(bait: Bait, before: Seen, over: float, *, expected: bool) -> list[str]:
    """What is left of an attack that ended at `over`; where it is not as expected, it gets time to end, or to show."""
    for _ in range(TRIES):
        found = [*_left_running(bait, over), *_left_in_folders(bait, before.scratch, over)]
        found += _left_open(before.descriptors)
        if bool(found) == expected:
            break
        time.sleep(0.02)
    return [*found, *_left_in_memory(bait)]


def _left_running(bait: Bait, over: float) -> Iterator[str]:
    # What forks all the time is easily missed once.
    if running := processes.guests(bait, over) or processes.guests(bait, over) or processes.guests(bait, over):
        yield f"it left {len(running)} processes, {' '.join(sorted(map(processes.described, running)))}"


def _scratch(bait: Bait) -> list[Path]:
    return [path for zygote in Path(bait.home, "zygotes").iterdir() for path in listed(zygote)]


def _left_in_folders(bait: Bait, before: frozenset[Path], over: float) -> Iterator[str]:
    known = {*before, *_empty_folders(processes.waiting(over))}
    if found := sorted(path.name for path in _scratch(bait) if path not in known):
        yield f"it left {', '.join(found)} in the scratch folder"
    for folder in PUBLIC_FOLDERS:
        if found := sorted(path.name for path in listed(Path(folder)) if bait.mark in path.name):
            yield f"it left {', '.join(found)} in {folder}"


def _empty_folders(pids: set[int]) -> Iterator[Path]:
    for pid in pids:
        with suppress(OSError):
            folder = Path(f"/proc/{pid}/cwd").readlink()
            if not any(folder.iterdir()):
                yield folder


def listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # it is not there, or not ours to read
        return []


def _left_open(before: int) -> Iterator[str]:
    if (now := open_descriptors()) != before:
        yield f"the grader had {before} descriptors open and has {now}"


def _left_in_memory(bait: Bait) -> Iterator[str]:
    """Objects of System V, which outlive every process."""
    for kind in ("shm", "sem", "msg"):
        for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]:
            if int(line.split()[0]) == bait.ipc:
                yield f"it left a System V object ({kind})"


def open_descriptors() -> int:
    """How many descriptors this process has open, but for the one to each zygote, of which there may be more."""
    return len(os.listdir("/proc/self/fd")) - len(processes.children(os.getpid()))  # noqa: PTH208  (names alone)


def clean(bait: Bait, over: float) -> None:
    """Remove what an attack that worked has left, so that the next one is judged by itself."""
    for _ in range(TRIES):
        if not (running := processes.guests(bait, over) or processes.guests(bait, over)):
            break
        for pid in running:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    for folder in (bait.folder, *PUBLIC_FOLDERS):
        for path in listed(Path(folder)):
            if folder == bait.folder or bait.mark in path.name:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    Path(bait.secret_file).chmod(0o600)
    Path(bait.folder).chmod(0o777)
    libc = ctypes.CDLL(None)
    for find, remove in ((libc.shmget, libc.shmctl), (libc.msgget, libc.msgctl)):
        remove(find(bait.ipc, 0, 0), 0, None)
    libc.semctl(libc.semget(bait.ipc, 0, 0), 0, 0)


# --------------------------------------------------------------------------------------------------- what is ours


@dataclass(frozen=True, slots=True)
class Ours:
    """What of this process and its files a student could change without being able to read anything."""

    processors: frozenset[int]
    niceness: int
    bounds: tuple[tuple[int, int], ...]
    out_of_memory: str
    folder: str
    secret_mode: int
    secret_size: int
    secret_changed: int
    folder_mode: int


def ours(bait: Bait) -> Ours:
    """As it is now."""
    kinds = (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_AS)
    secret = Path(bait.secret_file).stat()
    return Ours(
        frozenset(os.sched_getaffinity(0)),
        os.getpriority(os.PRIO_PROCESS, 0),
        tuple(resource.getrlimit(kind) for kind in kinds),
        Path("/proc/self/oom_score_adj").read_text(),
        str(Path.cwd()),
        secret.st_mode,
        secret.st_size,
        secret.st_mtime_ns,
        Path(bait.folder).stat().st_mode,
    )


def changes(before: Ours, after: Ours) -> list[str]:
    """The fields that differ, by name."""
    return [name for name in Ours.__slots__ if getattr(before, name) != getattr(after, name)]


def forget_peak() -> int:
    """Begin to measure our own peak of memory anew; what we hold now, in bytes."""
    Path("/proc/self/clear_refs").write_text("5")
    return _own("VmRSS:")


def peak() -> int:
    """The most that we held since, in bytes."""
    return _own("VmHWM:")


def _own(field: str) -> int:
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith(field)).split()[1]) << 10
