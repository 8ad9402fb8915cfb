"""What can be seen from outside of what guests do: their processes, what they hold, what they leave, what they change.

Only what comes from our own zygotes is looked at: other people may run guests on this machine at the same time.
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.command import BOOT
from tests.attacks.baits import Bait

MIB = 1 << 20
PUBLIC_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock")
EVERY_SECONDS = 0.05
TRIES = 50  # a tenth of a second apart: what is being ended may take a moment


# -------------------------------------------------------------------------------------------------------- processes


def guests(bait: Bait) -> set[int]:
    """The processes that run a student's code: what our zygotes have forked, and what was handed to others since."""
    parents, marked = _processes(bait)
    ours = {pid for pid, parent in parents.items() if parent == os.getpid() and _is_guest(pid)}
    below = _below(ours, parents)
    first = {pid for pid in below if parents[pid] in ours and _is_first_of_a_namespace(pid)}  # rung A's zygotes
    return (below | marked) - first - ours - {os.getpid()}


def zygotes() -> set[int]:
    """The processes that we have started as such."""
    return {pid for pid in _children(os.getpid()) if _is_guest(pid)}


def _processes(bait: Bait) -> tuple[dict[int, int], set[int]]:
    """All processes with their parents; and those that bear our mark, wherever they are now.

    Both are read at once for each process, the youngest first: one that forks and ends all the time is soon gone.
    """
    parents: dict[int, int] = {}
    marked: set[int] = set()
    listed = [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdecimal()]
    for pid in sorted(listed, reverse=True):
        with suppress(OSError, ValueError, IndexError):
            is_marked = _bears_our_mark(pid, bait)
            parents[pid] = int(_stat(pid)[1])
            if is_marked or (is_marked is None and parents[pid] == 1 and _is_guest(pid)):
                marked.add(pid)
    return parents, marked


def _stat(pid: int) -> list[str]:
    """From the state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _bears_our_mark(pid: int, bait: Bait) -> bool | None:
    """Whether its environment names our scratch folders; None where we may not read it."""
    try:
        return os.fsencode(bait.home) in Path(f"/proc/{pid}/environ").read_bytes()
    except PermissionError:
        return None


def _below(roots: set[int], parents: dict[int, int]) -> set[int]:
    found: set[int] = set()
    waiting = set(roots)
    while waiting:
        waiting = {pid for pid, parent in parents.items() if parent in waiting} - found
        found |= waiting
    return found


def _is_guest(pid: int) -> bool:
    with suppress(OSError):
        return os.fsencode(BOOT) in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _is_first_of_a_namespace(pid: int) -> bool:
    """Process 1 of a namespace right below ours: an M on rung A lies one deeper."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("NSpid:"):
                return len(line.split()) == _depth() + 2 and line.split()[-1] == "1"
    return False


def _depth() -> int:
    status = Path("/proc/self/status").read_text()
    return len(next(line for line in status.splitlines() if line.startswith("NSpid:")).split()) - 1


# ------------------------------------------------------------------------------------------------------------ peaks


class Meter:
    """Looks at our guests while an attack runs. `tasks` and `memory`: the most that was seen at once."""

    def __init__(self) -> None:
        self.tasks = 0
        self.memory = 0  # bytes
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Meter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            tasks, memory = _held(os.getpid())
            self.tasks, self.memory = max(self.tasks, tasks), max(self.memory, memory)


def _held(me: int) -> tuple[int, int]:
    """Tasks and bytes of all that descends from our zygotes, these included."""
    waiting = [pid for pid in _children(me) if _is_guest(pid)]
    tasks = memory = 0
    while waiting:
        pid = waiting.pop()
        waiting += _children(pid)
        with suppress(OSError):
            tasks += len(list(Path(f"/proc/{pid}/task").iterdir()))
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("RssAnon:"):
                    memory += int(line.split()[1]) << 10
    return tasks, memory


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in os.scandir(f"/proc/{pid}/task"):
            with suppress(OSError):
                found += [int(child) for child in Path(thread.path, "children").read_text().split()]
    return found


# ------------------------------------------------------------------------------------------------------- left behind


def left(bait: Bait, descriptors: int, *, patient: bool) -> list[str]:
    """What is left after an attack; what is just being ended gets time for it, if we are `patient`."""
    for _ in range(TRIES if patient else 1):
        found = [*_left_running(bait), *_left_in_folders(bait), *_left_open(descriptors)]
        if not found:
            break
        time.sleep(0.1)
    return [*found, *_left_in_memory(bait)]


def _left_running(bait: Bait) -> Iterator[str]:
    if running := guests(bait) or guests(bait) or guests(bait):  # what forks all the time is easily missed once
        yield f"it left {len(running)} processes, {' '.join(sorted(map(_described, running)))}"


def _described(pid: int) -> str:
    with suppress(OSError):
        state, parent = _stat(pid)[:2]
        return f"{pid} ({state}, of {parent})"
    return f"{pid} (ended since)"


def _left_in_folders(bait: Bait) -> Iterator[str]:
    scratch = (path for zygote in Path(bait.home, "zygotes").iterdir() for path in listed(zygote))
    if found := sorted(path.name for path in scratch):
        yield f"it left {', '.join(found)} in the scratch folder"
    for folder in PUBLIC_FOLDERS:
        if found := sorted(path.name for path in listed(Path(folder)) if bait.mark in path.name):
            yield f"it left {', '.join(found)} in {folder}"


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
    return len(os.listdir("/proc/self/fd")) - len(_children(os.getpid()))  # noqa: PTH208  (names alone)


def clean(bait: Bait) -> None:
    """Remove what an attack that worked has left, so that the next one is judged by itself."""
    for pid in guests(bait):
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
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
