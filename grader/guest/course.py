"""What a submission finds around it: the packages of the course that it was written for, with stubs of its modules.

A file that says `from ..layers import *` or `from cs231n.data_utils import load_CIFAR10` is then imported unchanged:
files of the submission are known by the names that the course gives them, and what the course itself supplies, where
an assignment ships a stub of it, comes from there. A file that the student brings goes before a stub.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from . import policy


class Stubs(MetaPathFinder, Loader):
    """Finds modules in `texts`, by their dotted names, where no other finder knows them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a stub."""
        return ModuleSpec(fullname, self, origin=_origin(fullname)) if fullname in self.texts else None

    def exec_module(self, module: ModuleType) -> None:
        """Run its text."""
        name = module.__name__
        exec(compile(self.texts[name], _origin(name), "exec", dont_inherit=True), module.__dict__)  # noqa: S102


def surround(modules: Iterable[str], texts: Mapping[str, str]) -> None:
    """Make the packages that these modules, and the stubs in `texts`, lie in."""
    for name in sorted({package for module in (*modules, *texts) for package in _packages(module)}):
        if policy.is_taken(name):
            continue
        package = ModuleType(name)
        package.__path__ = [str(folder) for folder in _folders(name)]
        package.__package__ = name
        put(package)
    sys.meta_path.append(Stubs(texts))


def put(module: ModuleType) -> None:
    """Let it be imported under its dotted name."""
    sys.modules[module.__name__] = module
    package, _, name = module.__name__.rpartition(".")
    if package in sys.modules:
        setattr(sys.modules[package], name, module)


def _packages(module: str) -> Iterator[str]:
    """All that the module `a.b.c` lies in: a.b and a."""
    while module := module.rpartition(".")[0]:
        yield module


def _folders(package: str) -> list[Path]:
    """Where files of the package `a.b` may lie in what was handed in: in a/b, in b, or right there."""
    parts = package.split(".")
    return [Path.cwd().joinpath(*parts[begin:]) for begin in range(len(parts) + 1)]


def _origin(name: str) -> str:
    return f"{name.replace('.', '/')}.py (the course's)"
