"""Starts a guest as boot.py does, and measures coverage in it and in all that it forks.

    covered_boot.py CONFIG FOLDER-OF-COVERAGE DATA-FILE SCRATCH-FOLDER

Guests end by SIGKILL, and what they have measured would end with them. So a process that is to be buried gets a SIGTERM
first, saves what it has, and then kills itself the same way.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

HERE = Path(__file__).resolve().parent
GUEST = HERE.parent / "grader" / "guest"


def start_coverage(folder: str, data_file: str) -> Any:
    """Coverage of the guest's files alone, its library out of sight again."""
    sys.path.append(folder)
    coverage = importlib.import_module("coverage")
    importlib.import_module("coverage.sqldata")
    measured = coverage.Coverage(data_file=data_file, data_suffix=True, branch=True, include=[f"{GUEST}/*"])
    measured.start()
    return coverage, measured


def boot_module() -> Any:
    spec = importlib.util.spec_from_file_location("boot", GUEST / "boot.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    folder, data_file, scratch = sys.argv[2:5]
    part = f"{scratch}/{Path(data_file).name}"
    coverage, measured = start_coverage(folder, part)
    real_exit, real_fork = os._exit, os.fork
    current = [measured]

    def save() -> None:
        """Whole or not at all: a process may be killed while it saves."""
        current[0].stop()
        current[0].save()
        written = Path(current[0].get_data().data_filename())
        if written.exists():  # nothing was run since the last
            whole = Path(data_file).parent / written.name
            shutil.copy(written, whole.with_name(f"part{whole.name}"))
            whole.with_name(f"part{whole.name}").replace(whole)

    def leave(code: int) -> None:
        save()
        real_exit(code)

    def fork() -> int:
        pid = real_fork()
        if pid == 0:
            current[0].stop()
            current[0] = coverage.Coverage(data_file=part, data_suffix=True, branch=True, include=[f"{GUEST}/*"])
            current[0].start()
        return pid

    def terminated(number: int, frame: FrameType | None) -> None:
        save()
        os.kill(os.getpid(), signal.SIGKILL)

    os._exit, os.fork = leave, fork  # type: ignore[assignment]
    signal.signal(signal.SIGTERM, terminated)
    boot = boot_module()
    boot.load_package()
    sys.path.remove(folder)
    processes: Any = importlib.import_module("guest.processes")
    bury = processes.bury

    def bury_gently(pid: int, grace: float = 0.0) -> int:
        until = time.monotonic() + grace
        while time.monotonic() < until and not os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            time.sleep(0.002)
        if not os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            os.kill(pid, signal.SIGTERM)
        return int(bury(pid, 5.0))

    processes.bury = bury_gently
    boot.load_package = lambda: None
    boot.main()


if __name__ == "__main__":
    main()
