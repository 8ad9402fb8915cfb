"""Which definitions of a solution a check can reach, and so which checks can notice a change of one."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping

from grader.validate.mutants import defined

Mentions = Mapping[str, frozenset[str]]
ANYTHING = ""  # stands for a statement that binds no name: whoever runs anything may notice a change of it


def mentions(*texts: str | None) -> Mentions:
    """For every top-level name of the modules, the names and attributes that its definitions mention."""
    found: dict[str, frozenset[str]] = {}
    for text in texts:
        for statement in ast.parse(text or "").body:
            named = frozenset(
                node.id if isinstance(node, ast.Name) else node.attr
                for node in ast.walk(statement)
                if isinstance(node, ast.Name | ast.Attribute)
            )
            for name in defined(statement):
                found[name] = found.get(name, frozenset()) | named
    return found


def reached(asked: Iterable[str], mentioned: Mentions) -> frozenset[str]:
    """The top-level names that calls of the functions `asked` can reach.

    A name that is mentioned counts as reached, so this may be too many and is, short of `getattr`, never too few.
    """
    found: set[str] = set()
    waiting = list(asked)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(mentioned.get(name, frozenset()) & mentioned.keys())
    return frozenset(found | {ANYTHING})


def changes(text: str) -> frozenset[str]:
    """What a mutant's file may change: the names that it defines, and ANYTHING if it does more than define."""
    found: set[str] = set()
    for statement in ast.parse(text).body:
        names = defined(statement)
        documents = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not names and not documents and not isinstance(statement, ast.Import | ast.ImportFrom):
            names = [ANYTHING]
        found.update(names)
    return frozenset(found)


def noticing(changed: Collection[str], reach: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The checks that can notice a change of one of these names; `reach` says what each check can reach."""
    return tuple(check for check, names in reach.items() if not names.isdisjoint(changed))
