"""Runs a submission's sources once, in one namespace, unit by unit: what ran before a failure stays usable.

A unit is a cell of a notebook, or a top-level statement of a module (plain function definitions in a row count as one:
nothing runs in them). Before each unit the grader is told its number, so that after a hang or a death it can start
again without it: a notebook skips that unit, a module ends before it.
"""

from __future__ import annotations
import __future__

import ast
import importlib
import linecache
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from . import course, policy, trace

FUTURES = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
SUBMISSION, FROM_SUBMISSION = "submission", "__from_submission__"
PLAIN = (  # what takes no time to evaluate
    *(ast.arguments, ast.arg, ast.Constant, ast.Name, ast.Load, ast.Attribute, ast.Subscript, ast.Slice, ast.Tuple),
    *(ast.List, ast.UnaryOp, ast.USub, ast.BinOp, ast.BitOr),
)

Namespace = dict[str, Any]
Failure = dict[str, Any]


class Tell(Protocol):
    """Tells the grader which unit comes now, by its label; False means: do not run it."""

    number: int  # of the unit told last

    def __call__(self, label: str) -> bool:
        """Tell."""
        ...


class NotDefined(AttributeError):
    """A probe asked for a name that the submission does not define."""


class Facade:
    """What `import submission` gives a probe: the names that the student defined."""

    def __init__(self, namespace: Namespace) -> None:
        self.__dict__.update(__name__=SUBMISSION, _namespace=namespace, _lacks=None)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system looks for __path__, __spec__ and their like
            raise AttributeError(name)
        try:
            return self._namespace[name]
        except KeyError:
            self.__dict__["_lacks"] = name
            raise NotDefined(name) from None


def not_defined(error: BaseException) -> NotDefined | None:
    """The name that was asked of the submission in vain, where that is what `error` says, in one of its two forms."""
    if isinstance(error, NotDefined):
        return error
    if isinstance(error, ImportError) and error.name == SUBMISSION:  # from submission import f
        lacks = vars(sys.modules[SUBMISSION]).get("_lacks")
        return NotDefined(lacks) if lacks else None
    return None


def run_sources(sources: list[dict[str, Any]], tell: Tell) -> tuple[Namespace, list[Failure], list[str]]:
    """Run all sources; return the namespace, what failed, and what was skipped."""
    failures: list[Failure] = []
    if any(source["notebook"] for source in sources):
        notebook = importlib.import_module(".notebook", __package__)
        skipped: list[str] = notebook.record_skips()
        namespace: Namespace = notebook.namespace()
    else:
        skipped, namespace = [], _module(sources[0])
    several = sum(bool(source["module"]) for source in sources) > 1
    for number, source in enumerate(sources):
        if source["notebook"]:
            failures += _run_cells(source, notebook.run_cell, tell)
        elif number and source["module"]:
            alone = _module(source)
            failures += _run_module(source, alone, tell, several)
            namespace.update({name: value for name, value in alone.items() if name not in namespace})
        else:
            failures += _run_module(source, namespace, tell, several)
    sys.modules[SUBMISSION] = Facade(namespace)  # type: ignore[assignment]
    return namespace, failures, skipped


def run_probe(text: str) -> tuple[Namespace, BaseException | None]:
    """Run the course's probe beside the submission; an exception is kept, for calls that need the probe."""
    namespace: Namespace = {"__name__": "probe", FROM_SUBMISSION: _from_submission}
    try:
        tree = ast.parse(text)
        tree.body = [one for statement in tree.body for one in _bound_one_by_one(statement)]
        ast.fix_missing_locations(tree)
        exec(_compile(tree, trace.PROBE, 0, text), namespace)  # noqa: S102  (this is what a guest is for)
    except BaseException as error:  # noqa: BLE001  (whatever it is, the calls report it)
        return namespace, error
    return namespace, None


def _bound_one_by_one(statement: ast.stmt) -> list[ast.stmt]:
    """`from submission import f, g` as two assignments: where g is missing, what needs f alone must still work."""
    names = statement.names if isinstance(statement, ast.ImportFrom) and statement.module == SUBMISSION else []
    if not names or names[0].name == "*":
        return [statement]
    bound: list[ast.stmt] = []
    for name in names:
        value = ast.Call(ast.Name(FROM_SUBMISSION, ast.Load()), [ast.Constant(name.name)], [])
        bound.append(ast.copy_location(ast.Assign([ast.Name(name.asname or name.name, ast.Store())], value), statement))
    return bound


def _from_submission(name: str) -> Any:
    """What the submission calls so, or a function that says that it is missing."""

    def missing(*args: object, **kwargs: object) -> None:
        raise NotDefined(name)

    return getattr(sys.modules[SUBMISSION], name, missing)


# ---------------------------------------------------------------------------------------------------- modules


def _module(source: dict[str, Any]) -> Namespace:
    """A module for a source, under its file's name and, where it has one, under the name that a course gives it."""
    stem = source["name"].rsplit("/", 1)[-1].removesuffix(".py")
    name = f"student_{stem}" if policy.is_taken(stem) else stem
    module = types.ModuleType(source["module"] or name)
    module.__file__ = source["name"]
    sys.modules[name] = module  # for dataclasses, pickle, and helper files that import it back
    if source["module"]:
        module.__package__ = source["module"].rpartition(".")[0]
        course.put(module)
    return module.__dict__


def _run_module(source: dict[str, Any], namespace: Namespace, tell: Tell, several: bool) -> list[Failure]:
    """Statement by statement, ending at the first that fails, as an import does. Of several, labels name the file."""
    name, text = source["name"], "\n".join(source["cells"])
    of = f"{name}, " if several else ""
    label = "reading the file"
    if not tell(of + label):
        return []
    try:
        tree = ast.parse(text, name)
        flags = compile(tree, name, "exec", dont_inherit=True).co_flags & FUTURES
        if namespace.get("__doc__") is None:
            namespace["__doc__"] = ast.get_docstring(tree, clean=False)
        for unit in _units(tree):
            label = f"line {unit.body[0].lineno}"
            if not tell(of + label):
                break
            exec(_compile(unit, name, flags, text), namespace)  # noqa: S102
    except BaseException as error:  # noqa: BLE001  (SystemExit at import too)
        where = _where(error, name) or label
        return [{"where": of + where, "unit": tell.number, "raised": trace.describe(error)}]
    return []


def _units(tree: ast.Module) -> Iterator[ast.Module]:
    together: list[ast.stmt] = []
    for statement in tree.body:
        if _cannot_hang(statement):
            together.append(statement)
            continue
        if together:
            yield ast.Module(together, [])
            together = []
        yield ast.Module([statement], [])
    if together:
        yield ast.Module(together, [])


def _cannot_hang(statement: ast.stmt) -> bool:
    """A definition without decorators, whose defaults and annotations are plain."""
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) or statement.decorator_list:
        return False
    evaluated = [statement.args, *([statement.returns] if statement.returns else [])]
    return all(isinstance(node, PLAIN) for part in evaluated for node in ast.walk(part))


def _compile(tree: ast.Module, name: str, flags: int, text: str) -> types.CodeType:
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    code: types.CodeType = compile(tree, name, "exec", flags=flags, dont_inherit=True)
    return code


def _where(error: BaseException, name: str) -> str | None:
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == name else trace.line_in(error, name)
    return f"line {line}" if line else None


# ------------------------------------------------------------------------------------------------------ cells


def _run_cells(
    source: dict[str, Any], run_cell: Callable[[str, str], BaseException | None], tell: Tell
) -> list[Failure]:
    """Every cell, whatever became of the one before."""
    failures = []
    for number, text in enumerate(source["cells"], 1):
        label = f"cell {number}"
        if tell(label):
            error = run_cell(text, label)
            if error is not None:
                failures.append({"where": label, "unit": tell.number, "raised": trace.describe(error)})
    return failures
