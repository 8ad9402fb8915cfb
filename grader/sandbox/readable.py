"""Which files a jailed guest may read: the interpreter, the guest's own code, the allowed packages, and no others."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.sandbox.command import BOOT
from grader.sandbox.packages import Table

SYSTEM = (
    *("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/etc/ld.so.cache"),
    *("/usr/share/zoneinfo", "/etc/localtime", "/usr/share/fonts", "/etc/fonts"),
)
SITES = ("site-packages", "dist-packages")
MODULE_ENDINGS = (".py", *(".so", ".pyd"))


@dataclass(frozen=True, slots=True)
class Readable:
    """Paths to show, and folders among them to cover, of which only what is listed below them is shown."""

    read: tuple[str, ...]
    hide: tuple[str, ...]

    def without_hidden(self) -> tuple[str, ...]:
        """The same as a list of paths alone, for a way of showing that knows no covers.

        What has several names (/lib and /usr/lib often are one folder) is listed by one of them: every process that is
        jailed so pays for every path.
        """
        covers = [Path(path) for path in self.hide]
        paths: dict[str, str] = {}  # by their real names
        waiting = [Path(path) for path in self.read]
        while waiting:
            path = waiting.pop()
            if path in covers:
                continue
            if any(cover.is_relative_to(path) for cover in covers):
                waiting += path.iterdir()
            else:
                paths.setdefault(os.path.realpath(path), str(path))
        return tuple(paths.values())


def readable(packages: Table) -> Readable:
    """What a guest with these packages may read. Installed packages are shown one by one, each by itself."""
    shown = [path for name, folder in packages.names.items() for path in _places(folder, name)]
    # A wheel's own shared libraries lie beside its package: numpy.libs, with numpy-2.4.6.dist-info.
    libraries = [f"{folder.rpartition('-')[0]}.libs" for folder in packages.metadata]
    return Readable(
        (*SYSTEM, *_interpreter(), str(BOOT.parent), *shown, *libraries, *packages.metadata), tuple(_sites())
    )


@cache
def _interpreter() -> tuple[str, ...]:
    """The folders of the standard library, and of the shared libraries beside it."""
    paths = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), f"{sys.base_prefix}/lib"}
    return tuple(sorted(path for path in paths if Path(path).is_dir()))


@cache
def _sites() -> frozenset[str]:
    """Where packages are installed, ours and other people's, as far as it lies in what is shown."""
    known = {*site.getsitepackages(), site.getusersitepackages(), sysconfig.get_path("purelib")}
    known.add(sysconfig.get_path("platlib"))
    for folder in (*SYSTEM, *_interpreter()):
        for pattern in SITES:
            known.update(str(path) for path in Path(folder).glob(f"python3*/{pattern}"))
            known.update(str(path) for path in Path(folder).glob(pattern))
    return frozenset(path for path in known if Path(path).is_dir())


def _places(folder: str, name: str) -> list[str]:
    """A package's folder, or the files of a module."""
    package = Path(folder, name)
    if package.is_dir():
        return [str(package)]
    return [str(path) for path in Path(folder).glob(f"{name}.*") if path.name.endswith(MODULE_ENDINGS)]
