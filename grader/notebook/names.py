"""Which names a cell binds, changes and uses, as far as its text tells."""

from __future__ import annotations

import ast
import symtable
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from grader.release.public import names_taken

PYTHON_BELOW = ("time", "timeit", "capture", "prun")  # cell magics whose body is run here, in this namespace
EMPTY = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Names:
    """Of one cell. What cannot be read (another language, Python 2, `%run`) may do anything: `readable` is False."""

    binds: frozenset[str] = EMPTY
    defines: frozenset[str] = EMPTY  # of what it binds: functions and classes
    imports: frozenset[str] = EMPTY  # of what it binds: modules, and names out of them
    changes: frozenset[str] = EMPTY  # what it assigns into: x[0] = 1, Net.forward = f
    touches: frozenset[str] = EMPTY  # what a call whose value nobody takes may change: x.append(1), update(x)
    setters: frozenset[str] = EMPTY  # of what it defines: what binds a `global` name when it is called
    uses: frozenset[str] = EMPTY  # when it runs, or when what it defines is called
    uses_now: frozenset[str] = EMPTY  # when it runs
    readable: bool = True


@lru_cache(maxsize=2048)
def names_in(text: str) -> Names:
    """The names of one cell, as a student wrote it."""
    body = _python(text)
    if body is None:
        return Names(readable=False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a string of the student's
            tree = ast.parse(body)
            top = symtable.symtable(body, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Names(readable=False)
    symbols, taken = top.get_symbols(), frozenset(names_taken(top))
    inner = _of_comprehensions(tree)
    return Names(
        binds=frozenset(one.get_name() for one in symbols if one.is_assigned() or one.is_imported()) - inner,
        defines=frozenset(one.name for one in tree.body if isinstance(one, DEFINITIONS)),
        imports=frozenset(one.get_name() for one in symbols if one.is_imported()),
        changes=frozenset(name for node in _now(tree) for name in _assigned_into(node)),
        touches=frozenset(name for node in _now(tree) for name in _touched(node)),
        setters=frozenset(inner.get_name() for inner in top.get_children() if any(_globals(inner))),
        uses=taken,
        uses_now=(taken & {node.id for node in _now(tree) if isinstance(node, ast.Name)}) - inner,
        readable=not _does_anything(tree),
    )


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _python(text: str) -> str | None:
    """The cell as Python, magics and shell lines as calls; None where it is another language."""
    from IPython.core.inputtransformer2 import TransformerManager

    stripped = text.lstrip()
    if stripped.startswith("%%"):
        head, _newline, text = stripped.partition("\n")
        if head[2:].split(" ")[0] not in PYTHON_BELOW:
            return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body: str = TransformerManager().transform_cell(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return body


def _does_anything(tree: ast.Module) -> bool:
    """Whether names may come from where the text does not show them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "run_line_magic":
            magic = node.args[0]
            if isinstance(magic, ast.Constant) and magic.value in ("run", "load", "cd", "reset", "store"):
                return True
    return False


def _now(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes that are evaluated when the cell is run: not the bodies of functions."""
    waiting: list[ast.AST] = [*tree.body]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif isinstance(node, ast.Lambda):
            waiting += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        else:
            waiting += ast.iter_child_nodes(node)


def _of_comprehensions(tree: ast.Module) -> set[str]:
    """What only comprehensions run over: from Python 3.12 on the symbol table has it among the module's names."""
    loops = [node.target for node in _now(tree) if isinstance(node, ast.comprehension)]
    inside = {id(node) for target in loops for node in ast.walk(target)}
    bound = [node for node in _now(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return {node.id for node in bound if id(node) in inside} - {node.id for node in bound if id(node) not in inside}


def _assigned_into(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        yield from _root(node)


def _touched(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        for part in (call.func, *call.args, *(keyword.value for keyword in call.keywords)):
            if part is not call.func or isinstance(part, ast.Attribute):
                yield from _root(part)


def _root(node: ast.AST) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    """The names of the module that a function, or what is in it, assigns to."""
    yield from (one.get_name() for one in table.get_symbols() if one.is_declared_global() and one.is_assigned())
    for inner in table.get_children():
        yield from _globals(inner)
