"""Mutants of a solution: each differs from it in one place, as a student's mistake would."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from grader.release.percent import lines_of
from grader.release.strip import BEGIN, END
from grader.validate.mutation.nodes import Place
from grader.validate.mutation.operators import OPERATORS

CONTEXT = 2  # lines around a change, in a diff
Shapes = Mapping[str, Mapping[str, tuple[str, ...]]]  # function -> variable -> those of the same shape
Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Mutation:
    """One mutant."""

    name: str  # "d_softmax:3", counted in each definition
    operator: str
    function: str  # the innermost definition that is changed, "Value.backward", or "" at the top level
    unit: str  # the top-level name that is changed, or "" for a statement that binds none
    line: int  # in the solution's file
    diff: str = field(repr=False)
    text: str = field(repr=False)  # of the whole module

    @property
    def does(self) -> str:
        """What a student who makes this mistake does."""
        return OPERATORS[self.operator][1]


@dataclass(frozen=True, slots=True)
class _Spot:
    """A node that may be changed, and where it is."""

    node: ast.AST
    scope: Scope | None
    function: str
    line: int


def generate(solution: str, alike: Shapes | None = None) -> list[Mutation]:
    """All mutants, in the order of the solution. Only what students write is changed: the solution's marked regions.

    What is said to a user (`raise`, text with values in it) is left as it is. Two changes that come to the same text
    are one mutant.

    Args:
        solution: The text, which is Python.
        alike: For each function the variables that have the same shape as another one.
    """
    module = ast.parse(solution)
    written = [ast.unparse(statement) for statement in module.body]
    inside = _lines_inside(solution)
    found: list[Mutation] = []
    for k, statement in enumerate(module.body):
        seen, unit = {written[k]}, _name_of(statement)
        for spot in _spots(statement, inside):
            place = Place((alike or {}).get(spot.function, {}), _bound(spot))
            for operator, (variants, _) in OPERATORS.items():
                for variant in variants(spot.node, place):
                    changed = ast.unparse(_replaced(statement, spot.node, variant))
                    if changed in seen:
                        continue
                    seen.add(changed)
                    shown = spot.scope or statement
                    diff = _diff(ast.unparse(shown), ast.unparse(_replaced(shown, spot.node, variant)), spot.line)
                    text = "\n\n".join([*written[:k], changed, *written[k + 1 :]]) + "\n"
                    name = f"{unit or 'module'}:{len(seen) - 1}"
                    found.append(Mutation(name, operator, spot.function, unit, spot.line, diff, text))
    return found


def _lines_inside(text: str) -> frozenset[int]:
    """The numbers of the lines in the regions; all, where there is none."""
    inside: set[int] = set()
    within = False
    lines = lines_of(text)
    for number, line in enumerate(lines, 1):
        if line.strip() in (BEGIN, END):
            within = line.strip() == BEGIN
        elif within:
            inside.add(number)
    return frozenset(inside or range(1, len(lines) + 1))


def _name_of(statement: ast.stmt) -> str:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def _spots(statement: ast.stmt, inside: frozenset[int]) -> Iterator[_Spot]:
    def walk(node: ast.AST, scope: Scope | None, path: tuple[str, ...], line: int) -> Iterator[_Spot]:
        if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr | ast.Import | ast.ImportFrom | ast.arguments):
            return
        line = getattr(node, "lineno", line)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope, path = node, (*path, node.name)
            below: list[ast.AST] = [*node.body]
        else:
            if line in inside:
                yield _Spot(node, scope, ".".join(path), line)
            below = list(ast.iter_child_nodes(node))
        for child in below:
            yield from walk(child, scope, path, line)

    yield from walk(statement, None, (), statement.lineno)


def _bound(spot: _Spot) -> frozenset[str]:
    """The arguments, and what is assigned in an earlier line."""
    if not isinstance(spot.scope, ast.FunctionDef | ast.AsyncFunctionDef):
        return frozenset()
    arguments = {argument.arg for argument in ast.walk(spot.scope.args) if isinstance(argument, ast.arg)}
    stored = {
        node.id
        for node in ast.walk(spot.scope)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.lineno < spot.line
    }
    return frozenset(arguments | stored)


def _replaced(tree: ast.AST, old: ast.AST, new: ast.AST) -> ast.AST:
    """The tree with one node in place of another; what is not changed is shared."""
    if tree is old:
        return new
    fields: dict[str, object] = {}
    for name, value in ast.iter_fields(tree):
        if isinstance(value, ast.AST):
            fields[name] = _replaced(value, old, new)
        elif isinstance(value, list):
            fields[name] = [_replaced(item, old, new) if isinstance(item, ast.AST) else item for item in value]
    if all(_same(value, getattr(tree, name)) for name, value in fields.items()):
        return tree
    changed = type(tree)(**{**dict(ast.iter_fields(tree)), **fields})
    return ast.copy_location(changed, tree)


def _same(one: object, other: object) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return all(a is b for a, b in zip(one, other, strict=True))
    return one is other


def _diff(before: str, after: str, line: int) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"solution.py:{line}", "mutant", n=CONTEXT, lineterm=""
    )
    return "\n".join(lines)
