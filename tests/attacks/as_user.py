"""Runs the attacks under a raw user number, for root: no account is made.

`python -m tests.attacks.as_user USER MODULE ARGUMENT...` becomes that user, in a mount namespace of its own, and goes
on as `python -m MODULE ARGUMENT...`. What has to be read may lie below folders that root alone can enter, as a Python
below /root does; in the namespace an empty folder that everyone can enter covers each of those, with only what is
needed in it.
"""

from __future__ import annotations

import os
import secrets
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.guest.jail import linux
from tests.support import ROOT

LOWEST, COUNT = 65_000, 500  # beside the numbers that guests get, and below 65,536, which containers map too
KEPT = ("LANG", "PATH", "REQUIRE_RUNGS")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module with these arguments as a user that is not root, and wait.

    Raises:
        RuntimeError: It cannot be done here; the message says what is in the way.
    """
    user = LOWEST + secrets.randbelow(COUNT)
    with tempfile.TemporaryDirectory(prefix="attacks-as-user-") as folder:
        os.chown(folder, user, user)
        command = [sys.executable, "-m", "tests.attacks.as_user", str(user), *arguments]
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        own = {"HOME": folder, "TMPDIR": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        ran = subprocess.run(command, cwd=ROOT, env=environment | own, capture_output=True, text=True, check=False)
    if ran.stderr.startswith("cannot"):
        raise RuntimeError(ran.stderr.strip())
    return ran


def main() -> None:
    """In the new process, still as root."""
    user, *arguments = sys.argv[1:]
    try:
        linux.unshare("mnt")
        linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
        _open_up([Path(sys.base_prefix), Path(sys.prefix), ROOT])
        become(int(user))
        list(ROOT.iterdir())  # whether it can be read
        os.execv(sys.executable, [sys.executable, "-m", *arguments])
    except OSError as error:
        sys.exit(f"cannot run as user {user}: {error}")


def become(user: int) -> None:
    """For good."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def _open_up(needed: list[Path]) -> None:
    """Cover the topmost closed folder above each path, and show the path in it again."""
    closed = {path: cover for path in needed if (cover := _closed_above(path))}
    handles = {path: os.open(path, os.O_PATH) for path in closed}
    for cover in set(closed.values()):
        linux.mount("tmpfs", str(cover), "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=755")
    for path, handle in handles.items():
        path.mkdir(parents=True, exist_ok=True)
        linux.mount(f"/proc/self/fd/{handle}", str(path), None, linux.MS_BIND | linux.MS_REC)
        os.close(handle)


def _closed_above(path: Path) -> Path | None:
    for folder in reversed((path, *path.parents)):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    return None


if __name__ == "__main__":
    main()
