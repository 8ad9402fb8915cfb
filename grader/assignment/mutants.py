"""Known-wrong solutions: `mutants/NAME.py` holds the functions that differ, and promises which checks they fail.

The docstring's first line is the sentence for a student who made this mistake; then `fails: check_a, check_b` and
`diagnosis: code`, a code of the closed list or `none`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.assignment.files import compiled, read_text, shown
from grader.assignment.load import MUTANTS
from grader.model import BadAssignment

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import Assignment

FIELD = re.compile(r"\w+:( |$)")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One known-wrong solution and what it promises."""

    name: str
    file: str  # as messages spell it
    sentence: str
    fails: frozenset[str]
    diagnosis: str
    text: str


def mutant_files(assignment: Assignment) -> list[Path]:
    """The files of all mutants, sorted by name; a student's kit has none."""
    return sorted((assignment.folder / MUTANTS).glob("*.py"))


def read_mutant(path: Path) -> Mutant:
    """One mutant; whether what it promises is there is not looked at.

    Raises:
        BadAssignment: It is not Python, or its docstring lacks one of its three parts.
    """
    text, where = read_text(path), shown(path)
    compiled(path, text)
    docstring = ast.get_docstring(ast.parse(text)) or ""
    fails = frozenset(re.findall(r"\w+", _field(docstring, "fails", where)))
    diagnosis = _field(docstring, "diagnosis", where)
    sentence = docstring.partition("\n")[0].strip()
    if FIELD.match(sentence):
        raise BadAssignment(f"{where}: the docstring must begin with a sentence for the student who makes this mistake")
    return Mutant(path.stem, where, sentence, fails, diagnosis, text)


def _field(docstring: str, name: str, where: str) -> str:
    """What stands behind `name:`, to the next such line or the end."""
    match = re.search(rf"^{name}:(.*?)(?=^\w+:|\Z)", docstring, re.MULTILINE | re.DOTALL)
    if match is None:
        raise BadAssignment(f"{where}: the docstring must have a line `{name}: ...`")
    return match[1].strip()
