"""The import policy of the guest: the standard library, the packages that the assignment allows, the student's files.

The interpreter starts without site-packages (`-S`), so nothing else is in sight. With a jail the same list of packages
is what the guest's file system holds; without one, this finder is all there is.
"""

from __future__ import annotations

import re
import site
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any


class AllowedPackages:
    """Finds top-level packages in the folders that `table` gives, and no others there."""

    def __init__(self, table: Mapping[str, str], metadata: Sequence[str]) -> None:
        self.table = dict(table)
        self.metadata = [Path(folder) for folder in metadata]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of an allowed package; None leaves the name to the finders behind this one."""
        folder = self.table.get(fullname) if path is None else None
        return PathFinder.find_spec(fullname, [folder], target) if folder else None

    def find_distributions(self, context: Any = None) -> Iterator[Any]:
        """What `importlib.metadata` asks: matplotlib finds the notebook's backend by an entry point, for one."""
        from importlib.metadata import PathDistribution  # 20 ms that few processes need

        wanted = getattr(context, "name", None)
        for folder in self.metadata:
            distribution = PathDistribution(folder)
            if wanted is None or _normal(wanted) == _normal(distribution.metadata["Name"]):
                yield distribution


def enforce(table: Mapping[str, str], metadata: Sequence[str]) -> None:
    """Let `table` (package name to the folder that holds it) be imported, ahead of any file of the student's."""
    sys.meta_path.insert(_place(), AllowedPackages(table, metadata))
    # `-S` also leaves out what people type without thinking: exit(), quit(), help().
    site.setquit()
    site.sethelper()


def is_taken(name: str) -> bool:
    """Whether `import name` finds something other than a student's file."""
    allowed = any(isinstance(finder, AllowedPackages) and name in finder.table for finder in sys.meta_path)
    return allowed or name in sys.modules or name in sys.stdlib_module_names


def _place() -> int:
    """Right before the finder of ordinary files, so that a student's matplotlib.py shadows nothing."""
    return sys.meta_path.index(PathFinder) if PathFinder in sys.meta_path else len(sys.meta_path)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
