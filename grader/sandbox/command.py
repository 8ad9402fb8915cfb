"""How a guest process is started: its command line, its clean environment, its scratch folders."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.sandbox.packages import Table

BOOT = Path(__file__).resolve().parents[1] / "guest" / "boot.py"
PIN = str(1 << 28)


def command(
    *, packages: Table, preload: Sequence[str], jail: Mapping[str, object] | None, where: int | str
) -> list[str]:
    """A fresh interpreter that sees neither site-packages nor the current folder, only `packages`."""
    config = {
        "packages": packages.names,
        "metadata": packages.metadata,
        "preload": list(preload),
        "jail": jail,
        "socket": where,
    }
    return [sys.executable, "-s", "-P", "-S", str(BOOT), json.dumps(config)]


def environment(scratch: str) -> dict[str, str]:
    """All that a guest's environment holds; nothing of ours is inherited but what an interpreter needs to start."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": scratch,
        "USER": "student",  # there may be no account to ask for a name
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(_font_cache()),
        "IPYTHONDIR": scratch,
        # One thread: a check's numbers must not depend on the machine's cores, and a fork must not meet a thread.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",  # else ten threads reserve 640 MiB of address space
        # glibc otherwise gives arrays above 128 KiB back at each free: up to three times the time, and bistable.
        "MALLOC_TRIM_THRESHOLD_": PIN,
        "MALLOC_MMAP_THRESHOLD_": PIN,
    }


def _font_cache() -> Path:
    """Where matplotlib keeps its list of fonts, which takes half a second to make."""
    try:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(home) / "gradgrader" / "matplotlib"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # a home that cannot be written, or none: the list is then made each time
        return Path(tempfile.gettempdir())
    return folder
