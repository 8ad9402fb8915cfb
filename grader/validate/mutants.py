"""Known-wrong solutions: `mutants/NAME.py` holds the functions that differ, and promises which checks they fail.

The docstring's first line is the sentence for a student who made this mistake; then `fails: check_a, check_b` and
`diagnosis: code`, a code of the closed list or `none`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.assignment import MUTANTS, read_text
from grader.checks.diagnosis import CODES, NONE
from grader.model import BadAssignment

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import Assignment


@dataclass(frozen=True, slots=True)
class Mutant:
    """One known-wrong solution and what it promises."""

    name: str
    sentence: str
    fails: frozenset[str]
    diagnosis: str
    text: str


def read_mutants(assignment: Assignment) -> list[Mutant]:
    """All mutants, sorted by name.

    Raises:
        BadAssignment: One promises nothing, or something that is not there; the message names the file.
    """
    paths = sorted((assignment.folder / MUTANTS).glob("*.py"))
    return [_read(path, {check.name for check in assignment.checks}) for path in paths]


def _read(path: Path, checks: set[str]) -> Mutant:
    text = read_text(path)
    try:
        docstring = ast.get_docstring(ast.parse(text)) or ""
    except SyntaxError as error:
        raise BadAssignment(f"{path}:{error.lineno}: {error.msg}") from None
    fails = frozenset(re.findall(r"\w+", _field(docstring, "fails", path)))
    diagnosis = _field(docstring, "diagnosis", path)
    if not fails:
        raise BadAssignment(f"{path}: `fails:` names no check: a mutant that loses nothing shows a missing check")
    if not fails <= checks:
        raise BadAssignment(f"{path}: `fails:` names {sorted(fails - checks)[0]}, and there is no such check")
    if diagnosis not in (*CODES, NONE):
        raise BadAssignment(f"{path}: `diagnosis: {diagnosis}` is not one of {', '.join((*CODES, NONE))}")
    return Mutant(path.stem, docstring.partition("\n")[0], fails, diagnosis, text)


def _field(docstring: str, name: str, path: Path) -> str:
    """What stands behind `name:`, to the next such line or the end."""
    match = re.search(rf"^{name}:(.*?)(?=^\w+:|\Z)", docstring, re.MULTILINE | re.DOTALL)
    if match is None:
        raise BadAssignment(f"{path}: the docstring must have a line `{name}: ...`")
    return match[1].strip()
