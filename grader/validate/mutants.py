"""Known-wrong solutions: `mutants/NAME.py` holds the functions that differ, and promises which checks they fail.

The docstring's first line is the sentence for a student who made this mistake; then `fails: check_a, check_b` and
`diagnosis: code`, a code of the closed list or `none`.
"""

from __future__ import annotations

import ast
import difflib
import re
import symtable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.assignment import MUTANTS, SOLUTION, compiled, read_text, shown
from grader.checks.diagnosis import CODES, NONE
from grader.model import BadAssignment

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import Assignment


@dataclass(frozen=True, slots=True)
class Mutant:
    """One known-wrong solution and what it promises."""

    name: str
    file: str  # as messages spell it
    sentence: str
    fails: frozenset[str]
    diagnosis: str
    text: str


def read_mutants(assignment: Assignment) -> list[Mutant]:
    """All mutants, sorted by name.

    Raises:
        BadAssignment: One promises nothing, or something that is not there, or defines what the solution does not have
            and nothing uses; the message names the file, and the line where there is one.
    """
    paths = sorted((assignment.folder / MUTANTS).glob("*.py"))
    return [_read(path, assignment) for path in paths]


def _read(path: Path, assignment: Assignment) -> Mutant:
    text, where = read_text(path), shown(path)
    compiled(path, text)
    tree = ast.parse(text)
    docstring = ast.get_docstring(tree) or ""
    fails = frozenset(re.findall(r"\w+", _field(docstring, "fails", where)))
    diagnosis = _field(docstring, "diagnosis", where)
    unknown = sorted(fails - {check.name for check in assignment.checks})
    if not fails:
        raise BadAssignment(f"{where}: `fails:` names no check: a mutant that loses nothing shows a missing check")
    if unknown:
        raise BadAssignment(f"{where}: `fails:` names {unknown[0]}, and there is no such check")
    if diagnosis not in (*CODES, NONE):
        raise BadAssignment(f"{where}: `diagnosis: {diagnosis}` is not one of {', '.join((*CODES, NONE))}")
    if assignment.solution is not None:
        _refuse_idle(tree, assignment.solution, where)
    return Mutant(path.stem, where, docstring.partition("\n")[0], fails, diagnosis, text)


def _field(docstring: str, name: str, where: str) -> str:
    """What stands behind `name:`, to the next such line or the end."""
    match = re.search(rf"^{name}:(.*?)(?=^\w+:|\Z)", docstring, re.MULTILINE | re.DOTALL)
    if match is None:
        raise BadAssignment(f"{where}: the docstring must have a line `{name}: ...`")
    return match[1].strip()


def _refuse_idle(mutant: ast.Module, solution: str, where: str) -> None:
    """A definition that replaces nothing and that nothing uses changes nothing: it is misspelt."""
    symbols = symtable.symtable(solution, SOLUTION, "exec").get_symbols()
    known = {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
    for statement in mutant.body:
        used = {
            node.id
            for other in mutant.body
            if other is not statement
            for node in ast.walk(other)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        for name in defined(statement):
            if name not in known | used:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                says = f"{name} is not defined in {SOLUTION}, so nothing changes{hint}"
                raise BadAssignment(f"{where}:{statement.lineno}: {says}")


def defined(statement: ast.stmt) -> list[str]:
    """The names that a top-level statement defines."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
    return []
