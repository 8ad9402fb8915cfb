"""Takes the solution out: each region between `### BEGIN SOLUTION` and `### END SOLUTION` becomes a stub."""

from __future__ import annotations

import ast
import re
import warnings

from grader.model import BadAssignment
from grader.release.percent import lines_of

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "# YOUR CODE HERE"
RAISE, PASS = "raise NotImplementedError", "pass"
_NEARLY = re.compile(r"\b(begin|end)[\s_-]*solution\b", re.IGNORECASE)


def starter(text: str, origin: str = "solution.py") -> str:
    """The text with stubs in place of the regions, indented as their markers are.

    A region in a function ends in `raise NotImplementedError`; one in a class or at the top level does not, for it
    would end the import there.

    Raises:
        BadAssignment: There is no region; one is not closed, not opened, or lies in another; a line only looks like a
            marker; or what is left is not Python. The message names the line.
    """
    lines = lines_of(text)
    regions = _regions(lines, origin)
    if not regions:
        raise BadAssignment(f"{origin} has no {BEGIN}: the starter would be the whole solution")
    raising = _in_functions(lines, regions, origin)
    kept: list[tuple[int, str]] = []  # a line's number in the solution, and the line
    after = 0
    for begin, end in regions:
        kept += [(number, lines[number - 1]) for number in range(after + 1, begin)]
        kept += [(begin, line) for line in _stub(lines[begin - 1], raises=begin in raising)]
        after = end
    kept += [(number, lines[number - 1]) for number in range(after + 1, len(lines) + 1)]
    made = "\n".join(line for _, line in kept) + "\n"
    problem = _problem(made)
    if problem:
        number = kept[min(problem[0], len(kept)) - 1][0]
        raise BadAssignment(f"{origin}:{number}: without the solution this is not Python: {problem[1]}")
    return made


def _regions(lines: list[str], origin: str) -> list[tuple[int, int]]:
    """The numbers of the lines that begin and end each region."""
    regions: list[tuple[int, int]] = []
    began: int | None = None
    for number, line in enumerate(lines, 1):
        word = line.strip()
        if word == BEGIN:
            if began is not None:
                raise BadAssignment(f"{origin}:{number}: {BEGIN} again, before the one of line {began} has ended")
            began = number
        elif word == END:
            if began is None:
                raise BadAssignment(f"{origin}:{number}: {END} without {BEGIN}")
            regions.append((began, number))
            began = None
        elif nearly := _NEARLY.search(line):
            marker = BEGIN if nearly[1].lower() == "begin" else END
            raise BadAssignment(f"{origin}:{number}: a marker is `{marker}`, alone on its line and spelt so")
    if began is not None:
        raise BadAssignment(f"{origin}:{began}: {BEGIN} is never ended")
    return regions


def _in_functions(lines: list[str], regions: list[tuple[int, int]], origin: str) -> set[int]:
    """The lines of those BEGIN markers that stand in a function."""
    problem = _problem("\n".join(lines))
    if problem:
        raise BadAssignment(f"{origin}:{problem[0]}: {problem[1]}")
    marked = list(lines)
    for begin, _ in regions:
        marked[begin - 1] = _indent(lines[begin - 1]) + PASS  # a statement in the place of the marker
    text = "\n".join(marked)
    problem = _problem(text)
    if problem:
        begin = max(begin for begin, _ in regions if begin <= max(problem[0], regions[0][0]))
        raise BadAssignment(f"{origin}:{begin}: this marker is not indented like the code that it stands before")
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {node.lineno for function in functions for node in ast.walk(function) if isinstance(node, ast.Pass)}


def _problem(text: str) -> tuple[int, str] | None:
    """The line that is not Python, and why."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    return None


def _stub(marker: str, *, raises: bool) -> list[str]:
    indent = _indent(marker)
    return [indent + STUB, indent + (RAISE if raises else PASS)] if indent else [STUB]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
