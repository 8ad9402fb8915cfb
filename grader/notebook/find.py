"""Finds what a notebook answers: the assignment, and the file that this session is saved in."""

from __future__ import annotations

import ast
import os
from collections.abc import Collection, Mapping
from pathlib import Path

from grader.assignment import PROBE, SOLUTION, available, each, locate, read_manifest
from grader.model import Assignment, BadSubmission, Manifest

BY_NAME = ("getattr", "vars", "dir", "eval", "exec")  # what may ask for a name that does not stand there
SUFFIX = ".ipynb"
VSCODE, JUPYTER = "__vsc_ipynb_file__", "JPY_SESSION_NAME"  # where these front ends say which file is open, if they do


def assignment_folder(name: str | None, file: Path | None) -> Path:
    """The assignment that is named, the kit in this folder, or the only one that asks for this notebook.

    Raises:
        BadInput: There is none, or it is not clear which is meant.
    """
    if name is not None:
        return locate(name)
    folders = available()
    if len(folders) > 1:
        manifests, _bad = each(read_manifest, folders)
        asking = [folder for folder, manifest in manifests.items() if saved_file(manifest, file, {}, hints=False)]
        folders = asking if len(asking) == 1 else folders
    if len(folders) > 1:
        which = ", ".join(repr(folder.name) for folder in folders)
        raise BadSubmission(f"it is not clear which assignment this notebook answers: say assignment=, one of {which}")
    return folders[0]


def saved_file(
    manifest: Manifest, file: Path | None, bound: Mapping[str, object], *, hints: bool = True
) -> Path | None:
    """The notebook's file: the one named, the one that the front end tells of, one of the expected name, the only one.

    Raises:
        BadSubmission: The file that is named does not exist.
    """
    if file is not None:
        if not file.is_file():
            raise BadSubmission(f"{file} does not exist: check the path")
        return file if hints or file.name in manifest.files else None
    expected = [Path(name) for name in manifest.files if name.endswith(SUFFIX)]
    told = [Path(str(one)) for one in (bound.get(VSCODE), os.environ.get(JUPYTER)) if one and hints]
    only = sorted(Path.cwd().glob(f"*{SUFFIX}")) if hints else []
    candidates = [path for path in (*told, *expected) if path.suffix == SUFFIX and path.is_file()]
    return next(iter(candidates), only[0] if len(only) == 1 else None)


def asked_for(assignment: Assignment, data: Collection[str] = ()) -> frozenset[str] | None:
    """The names that checks and probe may ask of a submission; None: any, since they are put together as it runs.

    An attribute of anything, or a name in a string: more than is asked for, and never less. What is `data` in the
    session is asked for by the probe alone, since checks call functions.
    """
    names: set[str] = set()
    for path in sorted(assignment.folder.glob("*.py")):
        if path.name != SOLUTION:
            found = _named(ast.parse(path.read_text(encoding="utf-8")))
            if found is None:
                return None
            names |= found if path.name == PROBE else found - frozenset(data)
    return frozenset(names)


def _named(tree: ast.Module) -> set[str] | None:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BY_NAME:
            if len(node.args) < 2 or not isinstance(node.args[1], ast.Constant):
                return None
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.update(node.value.split(".") if node.value.replace(".", "").isidentifier() else ())
        elif isinstance(node, ast.ImportFrom) and node.module == "submission":
            if node.names[0].name == "*":
                return None
            names.update(alias.name for alias in node.names)
    return names
