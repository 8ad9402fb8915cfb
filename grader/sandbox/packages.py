"""Which folders the import policy lets into a guest: the packages that an assignment allows, with what they need."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata

from grader.model import BadAssignment

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_MODULE = (".py", ".so", ".pyd")


@dataclass(frozen=True, slots=True)
class Table:
    """What may be imported: name to the folder that holds it, and the metadata folders of the distributions."""

    names: dict[str, str] = field(default_factory=dict)
    metadata: list[str] = field(default_factory=list)


def table(packages: tuple[str, ...]) -> Table:
    """All that `packages` and their requirements bring.

    Raises:
        BadAssignment: A package is not installed where the grader runs.
    """
    whole = Table()
    for package in packages:
        part = _with_requirements(package)
        if not part.names:
            raise BadAssignment(
                f"the assignment allows {package!r}, which is not installed here: pip install {package}"
            )
        whole.names.update(part.names)
        whole.metadata.extend(folder for folder in part.metadata if folder not in whole.metadata)
    return whole


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
        waiting += [_required(line) for line in distribution.requires or () if "extra ==" not in line]
    return found


def _distribution_of(package: str) -> str | None:
    """The distribution that brings import name `package`; most have the same name, and asking them is fast."""
    try:
        return metadata.distribution(package).metadata["Name"]
    except metadata.PackageNotFoundError:
        if importlib.util.find_spec(package) is None:
            return None
        return metadata.packages_distributions().get(package, [None])[0]


def _add(distribution: metadata.Distribution, found: Table) -> None:
    """The top-level names of a distribution and its metadata folder, read off the list of its files.

    The list is read as text: thousands of path objects would take longer than the grading.
    """
    folder = str(distribution.locate_file(""))
    for line in (distribution.read_text("RECORD") or "").splitlines():
        path = line.partition(",")[0].strip('"')
        first, slash, rest = path.partition("/")
        if slash and first.isidentifier() and first != "__pycache__":
            found.names[first] = folder
        elif not slash and first.endswith(_MODULE):
            found.names[first.partition(".")[0]] = folder
        elif rest == "METADATA":
            found.metadata.append(str(distribution.locate_file(first)))


def _required(line: str) -> str | None:
    match = _NAME.match(line)
    return match.group() if match else None


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
