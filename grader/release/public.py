"""The part of checks.py that students get: the visible checks, and what these use."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.model import BadAssignment

UNNAMED = {"dims"}  # what a check uses without naming it


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement at the top level, with the comments above it. Lines count from 0."""

    node: ast.stmt
    first: int
    end: int
    defines: frozenset[str]
    uses: frozenset[str]


def public_checks(text: str, public: Sequence[str], hidden: Sequence[str], origin: str = "checks.py") -> str:
    """The text without hidden checks, and without all that nothing visible uses.

    Args:
        text: Of checks.py.
        public: The names of the checks to keep.
        hidden: Those of the checks to leave out.
        origin: What messages call the file.

    Raises:
        BadAssignment: A check is no function at the top level, or a visible one uses a hidden one.
    """
    statements = _statements(text)
    functions = {one.node.name: one for one in statements if isinstance(one.node, ast.FunctionDef)}
    for name in (*public, *hidden):
        if name not in functions:
            raise BadAssignment(
                f"{origin}: check {name} is no function at the top level of this file, so no kit can be made without "
                "the hidden ones: write it as one"
            )
    needed = _needed([one for one in statements if one.node not in [functions[name].node for name in hidden]], public)
    used = frozenset[str]().union(*(one.uses for one in needed))
    if leaks := sorted(used & set(hidden)):
        raise BadAssignment(
            f"{origin}:{functions[leaks[0]].node.lineno}: a visible check uses hidden check {leaks[0]}: move what both "
            "use into a function of its own"
        )
    return "\n".join(_spaced(statements, needed, text.split("\n"), used)).strip("\n") + "\n"


def pruned(text: str, wanted: Iterable[str] | None) -> str:
    """A module's text without all that the wanted names do not need; all of it where nobody can tell what is."""
    if wanted is None:
        return text
    statements = _statements(text)
    needed = _needed(statements, list(wanted))
    used = frozenset(wanted).union(*(one.uses for one in needed))
    return "\n".join(_spaced(statements, needed, text.split("\n"), used)).strip("\n") + "\n"


def modules_used(text: str) -> dict[str, frozenset[str] | None]:
    """What a text uses of each module that it imports, by the module's first name; None where it may be anything."""
    tree = ast.parse(text)
    found: dict[str, frozenset[str] | None] = {}
    bound: dict[str, str] = {}  # by what it is called here
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            bound |= {
                (alias.asname or alias.name.partition(".")[0]): alias.name.partition(".")[0] for alias in node.names
            }
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = frozenset(alias.name for alias in node.names)
            module = node.module.partition(".")[0]
            found[module] = None if "*" in names else together(found.get(module, frozenset()), names)
    parts = {id(one.value): one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
    for one in ast.walk(tree):
        if isinstance(one, ast.Name) and one.id in bound:
            names_here = frozenset({parts[id(one)]}) if id(one) in parts else None
            found[bound[one.id]] = together(found.get(bound[one.id], frozenset()), names_here)
    return found


def asked_for(text: str, module: str) -> frozenset[str]:
    """What a text may ask of a module by an attribute's name, or by a name in a string."""
    names = {one.attr for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Attribute)}
    names |= {str(one.value) for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Constant)}
    return frozenset().union(*(one.defines for one in _statements(module))) & names


def together(some: frozenset[str] | None, others: frozenset[str] | None) -> frozenset[str] | None:
    """All these names; None is every name."""
    return None if some is None or others is None else some | others


def _statements(text: str) -> list[_Statement]:
    found, end = [], 0
    for node in ast.parse(text).body:
        found.append(_Statement(node, end, node.end_lineno or node.lineno, _defined(node), _used(node)))
        end = found[-1].end
    return found


def _defined(node: ast.stmt) -> frozenset[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return frozenset({node.name})
    if isinstance(node, ast.Import | ast.ImportFrom):
        return frozenset((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    stored = (one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
    return frozenset(stored)


def _used(node: ast.stmt) -> frozenset[str]:
    """The names that it takes from the module, or from Python; a name of its own that is called alike is none."""
    return frozenset(names_taken(symtable.symtable(ast.unparse(node), "checks.py", "exec")))


def names_taken(table: symtable.SymbolTable) -> Iterator[str]:
    """The names that code takes from its module, or from Python, by its symbol table."""
    module = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (module or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from names_taken(inner)


def _needed(statements: list[_Statement], public: Sequence[str]) -> list[_Statement]:
    """The docstring, the visible checks, and what these need, in the order in which they stand."""
    wanted, kept = {*public, *UNNAMED}, set[int]()
    growing = True
    while growing:
        growing = False
        for place, one in enumerate(statements):
            if place not in kept and (one.defines & wanted or _is_needed_anyway(one, place)):
                kept.add(place)
                wanted |= one.uses
                growing = True
    return [statements[place] for place in sorted(kept)]


def _is_needed_anyway(one: _Statement, place: int) -> bool:
    docstring = place == 0 and isinstance(one.node, ast.Expr) and isinstance(one.node.value, ast.Constant)
    return docstring or (isinstance(one.node, ast.ImportFrom) and one.node.module == "__future__")


def _spaced(
    statements: list[_Statement], needed: list[_Statement], lines: list[str], used: frozenset[str]
) -> Iterator[str]:
    """What is kept, with the blank lines above what was left out before it, if these were more."""
    blank = 0
    for one in statements:
        above = lines[one.first : one.node.lineno - 1]
        own = next((k for k, line in enumerate(above) if line.strip()), len(above))
        if one in needed:
            yield from [""] * (blank - own)
            yield _written(one, lines, used)
        blank = 0 if one in needed else max(blank, own)


def _written(one: _Statement, lines: list[str], used: frozenset[str]) -> str:
    """The statement as it stands, with the comments above it; an import without the names that nobody uses."""
    node = one.node
    if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", None) != "__future__":
        names = [alias for alias in node.names if (alias.asname or alias.name).partition(".")[0] in used]
        if len(names) < len(node.names):
            node.names = names
            blank = "\n" * any(not line.strip() for line in lines[one.first : node.lineno - 1])
            return blank + ast.unparse(node)
    return "\n".join(lines[one.first : one.end])
