"""Loads an assignment's folder: the manifest, the checks, the probe, the solution."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING

from grader.assignment.manifest import read_manifest, read_text
from grader.model import Assignment, BadAssignment, Check

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from grader.model import Manifest

CHECKS, PROBE, SOLUTION, MUTANTS = "checks.py", "probe.py", "solution.py", "mutants"


def load(folder: Path, manifest: Manifest | None = None) -> Assignment:
    """The assignment in `folder`. Its checks.py is the staff's code, and runs here.

    Raises:
        BadAssignment: Something in it cannot be used.
    """
    manifest = manifest or read_manifest(folder)
    return Assignment(
        manifest=manifest,
        folder=folder,
        digest=_digest(folder),
        checks=_checks(folder / CHECKS, manifest),
        probe=read_text(folder / PROBE) if (folder / PROBE).exists() else None,
        solution=read_text(folder / SOLUTION) if (folder / SOLUTION).exists() else None,
    )


def _checks(path: Path, manifest: Manifest) -> tuple[Check, ...]:
    """The checks in the order in which they are written."""
    module = _import(path, manifest.name)
    checks = [value for value in vars(module).values() if isinstance(value, Check) and _is_of(value, module)]
    if not checks:
        raise BadAssignment(f"{path} declares no check: decorate a function with @check(points=...)")
    checks = [replace(c, visibility=manifest.visibility) if c.inherits_visibility else c for c in checks]
    visible = {check.name for check in checks if check.public}
    for check in checks:
        unseen = sorted(set(check.needs) - visible)
        if check.public and unseen:
            raise BadAssignment(
                f"{path}:{check.line}: check {check.name} is visible but needs {unseen[0]}, which students do not see"
            )
    return tuple(checks)


def _is_of(check: Check, module: ModuleType) -> bool:
    return check.function.__module__ == module.__name__


def _import(path: Path, name: str) -> ModuleType:
    read_text(path)  # says clearly what is wrong with a missing or unreadable file
    spec = importlib.util.spec_from_file_location(f"assignment_{name}_checks", path)
    assert spec is not None and spec.loader is not None, "a .py file has a loader"
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # for dataclasses and pickling in the staff's code
    try:
        spec.loader.exec_module(module)
    except BadAssignment:
        raise
    except SyntaxError as error:
        raise BadAssignment(f"{error.filename}:{error.lineno}: {error.msg}") from None
    except Exception as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        where = f"{path}:{lines[-1]}" if lines else str(path)
        raise BadAssignment(f"{where}: {type(error).__name__}: {error}") from error
    return module


def _digest(folder: Path) -> str:
    """What the assignment is, as far as a result can depend on it."""
    whole = hashlib.sha256()
    for path in sorted([*folder.glob("*.py"), *folder.glob("*.toml"), *folder.glob(f"{MUTANTS}/*.py")]):
        whole.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
