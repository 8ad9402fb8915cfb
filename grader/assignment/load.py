"""Loads an assignment's folder: the manifest, the checks, the probe, the solution."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, cast

from grader.assignment.files import compiled, digest, read_text, shown
from grader.assignment.manifest import read_manifest
from grader.model import Assignment, BadAssignment, Check

if TYPE_CHECKING:
    from grader.model import Manifest

CHECKS, PROBE, SOLUTION, MUTANTS, STUBS = "checks.py", "probe.py", "solution.py", "mutants", "stubs"


def load(folder: Path, manifest: Manifest | None = None) -> Assignment:
    """The assignment in `folder`. Its checks.py is the staff's code, and runs here.

    Raises:
        BadAssignment: Something in it cannot be used.
    """
    manifest = manifest or read_manifest(folder)
    return Assignment(
        manifest=manifest,
        folder=folder,
        digest=digest(folder, but=set(manifest.files) - {CHECKS, PROBE, SOLUTION}),
        checks=_checks(folder / CHECKS, manifest),
        probe=_python(folder / PROBE),
        solution=_python(folder / SOLUTION),
        stubs=_stubs(folder / STUBS),
    )


def declared_at(check: Check) -> str:
    """The file and line where a check is declared, as messages spell it."""
    return f"{shown(_file_of(check))}:{check.line}"


def _file_of(check: Check) -> Path:
    return Path(cast("FunctionType", check.function).__code__.co_filename)


def _python(path: Path) -> str | None:
    """The text of a file that need not be there, but must compile: it runs where the author does not see it fail."""
    if not path.exists():
        return None
    text = read_text(path)
    compiled(path, text)
    return text


def _stubs(folder: Path) -> dict[str, str]:
    """What stands in for a course's own modules, by their dotted names."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        text = _python(path) or ""
        if path.name != "__init__.py":
            found[".".join(path.relative_to(folder).with_suffix("").parts)] = text
        elif text.strip():
            raise BadAssignment(
                f"{shown(path)} holds code: a stub's packages are empty, put it into a module of its own"
            )
    return found


def _checks(path: Path, manifest: Manifest) -> tuple[Check, ...]:
    """The checks in the order in which they are written."""
    module = _import(path, f"assignment_{manifest.name}_checks")
    values = {id(value): value for value in vars(module).values()}.values()  # a second name makes no second check
    declared = [value for value in values if isinstance(value, Check)]
    ours = {file for file in {_file_of(check) for check in declared} if _lies_in(file, path.parent)}
    checks = [check for check in declared if _file_of(check) in ours]
    if not checks:
        raise BadAssignment(f"{shown(path)} declares no check: decorate a function with @check(points=...)")
    checks = [replace(c, visibility=manifest.visibility) if c.inherits_visibility else c for c in checks]
    _refuse_twins(checks)
    visible = {check.name for check in checks if check.public}
    for check in checks:
        unseen = sorted(set(check.needs) - visible)
        if check.public and unseen:
            raise BadAssignment(
                f"{declared_at(check)}: check {check.name} is visible but needs {unseen[0]}, which students do not see"
            )
    return tuple(checks)


def _refuse_twins(checks: list[Check]) -> None:
    """Results go by a check's name, and students by its title."""
    names: dict[str, Check] = {}
    titles: dict[str, Check] = {}
    for check in checks:
        twin = names.setdefault(check.name, check)
        if twin is not check:
            raise BadAssignment(
                f"{declared_at(check)}: check {check.name} is declared twice: there is one in {declared_at(twin)}"
            )
        twin = titles.setdefault(check.title.casefold(), check)
        if twin is not check:
            raise BadAssignment(
                f"{declared_at(check)}: check {check.name} has the same title as check {twin.name} "
                f"in line {twin.line}: students could not tell them apart"
            )


class _FromText(SourceFileLoader):
    """Compiles what is written, never byte code of an earlier state, and under the path that messages use."""

    def get_code(self, fullname: str) -> CodeType:
        path = Path(self.path)
        return compiled(path, read_text(path))


def _import(path: Path, name: str) -> ModuleType:
    """checks.py as a module. What it prints is no output of ours."""
    full = path.resolve()
    spec = importlib.util.spec_from_file_location(name, full, loader=_FromText(name, str(full)))
    assert spec is not None and spec.loader is not None, "it has been given"
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # for dataclasses in the staff's code
    try:
        with _importable(path.parent), redirect_stdout(sys.stderr):
            spec.loader.exec_module(module)
    except (BadAssignment, KeyboardInterrupt):
        raise
    except BaseException as error:  # sys.exit() in the staff's code is a mistake in it, like any other
        raise BadAssignment(_told(error, path)) from error
    return module


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let checks.py import the modules beside it, and no other code: another assignment has its own `helper`."""
    place = str(folder.resolve())
    before = set(sys.modules)
    sys.path.insert(0, place)
    try:
        yield
    finally:
        sys.path.remove(place)
        sys.path_importer_cache.pop(place, None)
        for name in set(sys.modules) - before:
            top = name.partition(".")[0]
            if any((folder / beside).exists() for beside in (top, f"{top}.py")):
                del sys.modules[name]


def _told(error: BaseException, path: Path) -> str:
    """What went wrong, and the last line of the assignment's own code that had to do with it."""
    folder = path.parent
    if isinstance(error, SyntaxError) and error.filename and _lies_in(Path(error.filename), folder):
        return f"{shown(Path(error.filename))}:{error.lineno}: {error.msg}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _lies_in(Path(frame.filename), folder)]
    where = f"{shown(Path(frames[-1].filename))}:{frames[-1].lineno}" if frames else shown(path)
    says = " ".join(str(error).split())
    return f"{where}: {type(error).__name__}: {says}".removesuffix(": ")


def _lies_in(file: Path, folder: Path) -> bool:
    """Whether it is a file (not "<string>") of the folder, and no package that is installed there."""
    return file.is_file() and file.resolve().is_relative_to(folder.resolve()) and "site-packages" not in file.parts
