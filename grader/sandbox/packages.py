"""Which folders the import policy lets into a guest: the packages that an assignment allows, with what they need."""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path

from grader.model import BadAssignment

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_EXTRA = re.compile(r"\bextra\b")
_MODULE = (".py", ".so", ".pyd")


@dataclass(frozen=True, slots=True)
class Table:
    """What may be imported: name to the folder that holds it, and the metadata folders of the distributions."""

    names: dict[str, str] = field(default_factory=dict)
    metadata: list[str] = field(default_factory=list)


def table(packages: tuple[str, ...]) -> Table:
    """All that `packages` and their requirements bring.

    Raises:
        BadAssignment: A package is not installed where the grader runs, or is none.
    """
    whole = Table()
    for package in packages:
        part = _with_requirements(package) if _NAME.fullmatch(package) else Table()
        if not part.names:
            raise BadAssignment(f"the assignment allows {package!r}, {_why_not(package)}")
        whole.names.update(part.names)
        whole.metadata.extend(folder for folder in part.metadata if folder not in whole.metadata)
    return whole


def _why_not(package: str) -> str:
    """What is wrong with a package that brings nothing, and what to do."""
    top = package.partition(".")[0]
    if not _NAME.fullmatch(package) or not top:
        return "which is not the name of a package: write what `import` would, as in 'numpy'"
    if top in sys.stdlib_module_names:
        return "which is part of Python and always allowed: take it out of the list"
    if top != package and _lies(top):
        return f"a part of a package: allow {top!r}"
    if _lies(top):
        return "which can be imported here but is not installed: pip install it, from its folder if need be"
    return f"which is not installed here: pip install {top}"


@cache
def _with_requirements(package: str) -> Table:
    """One package and all that it requires; empty when it is not installed."""
    found, seen, waiting = Table(), set(), [_distribution_of(package)]
    while waiting:
        name = waiting.pop()
        if name is None or _normal(name) in seen:
            continue
        seen.add(_normal(name))
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # a requirement for another platform or Python
        _add(distribution, found)
        waiting += [_required(line) for line in distribution.requires or ()]
    return found


def _distribution_of(package: str) -> str | None:
    """The distribution that brings import name `package`; most have the same name, and asking them is fast."""
    try:
        return metadata.distribution(package).metadata["Name"]
    except metadata.PackageNotFoundError:
        if "." in package or _lies(package) is None:
            return None
        return metadata.packages_distributions().get(package, [None])[0]


def _add(distribution: metadata.Distribution, found: Table) -> None:
    """The top-level names of a distribution and its metadata folder, read off the list of its files.

    The list is read as text: thousands of path objects would take longer than the grading. One that is installed to
    be edited lists no module but a loader of its own, and one from a system's packager has no list: their modules are
    looked up by name.
    """
    folder, names = str(distribution.locate_file("")), set()
    for line in (distribution.read_text("RECORD") or "").splitlines():
        path = next(csv.reader([line]))[0] if line.startswith('"') else line.partition(",")[0]
        first, slash, rest = path.partition("/")
        if slash and first.isidentifier() and first != "__pycache__":
            names.add(first)
        elif not slash and first.endswith(_MODULE) and "editable" not in first:
            names.add(first.partition(".")[0])
        elif rest == "METADATA":
            found.metadata.append(str(distribution.locate_file(first)))
    found.names.update(dict.fromkeys(names, folder))
    if not names:
        supposed = _normal(distribution.metadata["Name"]).replace("-", "_")
        listed = (distribution.read_text("top_level.txt") or supposed).split()
        found.names.update({name: where for name in listed if (where := _lies(name))})


def _lies(name: str) -> str | None:
    """The folder from which `import name` would work, for a name that Python itself does not bring."""
    try:
        spec = importlib.util.find_spec(name) if name not in sys.stdlib_module_names else None
    except (ImportError, ValueError):  # ValueError: a module in memory that came from nowhere
        spec = None
    if spec is None:
        return None
    places = [*(spec.submodule_search_locations or ()), *([spec.origin] if spec.has_location and spec.origin else ())]
    return next((str(Path(place).parent) for place in places if Path(place).name.partition(".")[0] == name), None)


def _required(line: str) -> str | None:
    """The distribution that a line of requirements names; None where only an extra requires it."""
    requirement, _, marker = line.partition(";")
    match = _NAME.match(requirement)
    return match.group() if match and not _EXTRA.search(_QUOTED.sub("", marker)) else None


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
