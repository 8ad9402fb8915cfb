"""Reads all mutants, and refuses those that promise what is not there or that change nothing."""

from __future__ import annotations

import ast
import difflib
import symtable
from typing import TYPE_CHECKING

from grader.assignment import SOLUTION, Mutant, mutant_files, read_mutant
from grader.checks.diagnosis import CODES, KNOWN, NONE
from grader.model import BadAssignment

if TYPE_CHECKING:
    from grader.model import Assignment


def read_mutants(assignment: Assignment) -> list[Mutant]:
    """All mutants, sorted by name.

    Raises:
        BadAssignment: One promises nothing, or something that is not there, or defines what the solution does not have
            and nothing uses; the message names the file, and the line where there is one.
    """
    return [_sound(read_mutant(path), assignment) for path in mutant_files(assignment)]


def _sound(mutant: Mutant, assignment: Assignment) -> Mutant:
    where = mutant.file
    unknown = sorted(mutant.fails - {check.name for check in assignment.checks})
    if not mutant.fails:
        raise BadAssignment(f"{where}: `fails:` names no check: a mutant that loses nothing shows a missing check")
    if unknown:
        raise BadAssignment(f"{where}: `fails:` names {unknown[0]}, and there is no such check")
    codes = [code for code in (*CODES, NONE) if code != KNOWN]
    if mutant.diagnosis not in codes:
        raise BadAssignment(f"{where}: `diagnosis: {mutant.diagnosis}` is not one of {', '.join(codes)}")
    if assignment.solution is not None:
        _refuse_idle(ast.parse(mutant.text), assignment.solution, where)
    return mutant


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
