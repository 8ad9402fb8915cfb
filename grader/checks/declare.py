"""How an author declares a check. Every mistake in a declaration is refused when the assignment is loaded."""

from __future__ import annotations

import ast
import inspect
import linecache
import math
import sys
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import TYPE_CHECKING

from grader.model import BadAssignment, Check, Visibility, parse_points
from reference.layout import Dims

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def check(
    *_given: object,
    points: int | str | None = None,
    needs: Sequence[Check] = (),
    visibility: str | None = None,
    dims: Dims | None = None,
    seconds: float | None = None,
    **_unknown: object,
) -> Callable[[Callable[..., object]], Check]:
    """Declare a check: a function `(student, draw)` whose docstring's first line is the title that students see.

    Args:
        points: An integer, or a decimal string such as "0.5".
        needs: Checks whose failure probably explains a failure of this one. They never cost points here.
        visibility: "visible", "after_due_date", "after_published" or "hidden"; by default what the manifest says.
        dims: Sizes for this check alone; otherwise the module's `dims`, which stands above the check.
        seconds: Wall time for the student's code, where the assignment's own limit does not fit.

    Raises:
        BadAssignment: Whatever is wrong with the declaration; the message names file and line.
    """
    if _given:
        raise BadAssignment(f"{_where(_given[0], sys._getframe(1))}: write @check(points=...)")

    def declare(function: Callable[..., object]) -> Check:
        where = _where(function, sys._getframe(1))
        if not isinstance(function, FunctionType):
            raise BadAssignment(f"{where}: @check decorates a function, not a {type(function).__name__}")
        try:
            if points is None:
                raise ValueError("write @check(points=...)")
            if _unknown:
                raise ValueError(f"@check takes no {', '.join(_unknown)}; it takes {', '.join(WORDS)}")
            return Check(
                name=function.__name__,
                title=_title(function, where),
                points=parse_points(points),
                function=function,
                visibility=_visibility(visibility),
                inherits_visibility=visibility is None,
                needs=_needs(needs),
                dims=_dims(dims, function),
                seconds=_seconds(seconds),
                line=function.__code__.co_firstlineno,
            )
        except ValueError as error:
            raise BadAssignment(f"{where}: {error}") from None

    return declare


WORDS = tuple(check.__kwdefaults__ or ())


def shown_path(path: str) -> str:
    """A path as messages have it: relative where it is below the current directory."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def _where(decorated: object, frame: FrameType) -> str:
    """File, line and name of a function; the line that is running of what is none."""
    if not isinstance(decorated, FunctionType):
        return f"{shown_path(frame.f_code.co_filename)}:{frame.f_lineno}"
    code = decorated.__code__
    return f"{shown_path(code.co_filename)}:{code.co_firstlineno}: check {decorated.__name__}"


def _title(function: FunctionType, where: str) -> str:
    """The docstring's first line, of a function that can be a check."""
    title = (inspect.getdoc(function) or "").strip().partition("\n")[0].strip().removesuffix(".")
    if not title:
        raise BadAssignment(f"{where} has no docstring; its first line is the title that students see")
    earlier = function.__globals__.get(function.__name__)
    if isinstance(earlier, Check):
        raise BadAssignment(f"{where} is declared twice: there is one in line {earlier.line}")
    if function.__code__.co_argcount != 2:
        raise BadAssignment(f"{where} must take two arguments: (student, draw)")
    if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
        raise BadAssignment(f"{where} must be a plain function, without yield or async")
    return title


def _visibility(said: object) -> Visibility:
    if said is not None and said not in list(Visibility):
        raise ValueError(f"visibility is {', '.join(Visibility)}, not {said!r}")
    return Visibility.VISIBLE if said is None else Visibility(str(said))


def _needs(needs: object) -> tuple[str, ...]:
    names = needs if isinstance(needs, list | tuple) else [needs]
    if any(isinstance(need, str) for need in names):
        raise ValueError("needs takes the checks themselves, not their names")
    if not isinstance(needs, list | tuple):
        raise ValueError("needs takes a list of checks: needs=[...]")
    for need in needs:
        if not isinstance(need, Check):
            raise ValueError(
                f"needs takes checks declared above, and {getattr(need, '__name__', need)!r} is not a check"
            )
    return tuple(need.name for need in needs)


def _seconds(seconds: object) -> float | None:
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < math.inf:
        raise ValueError(f"seconds is a number above zero, not {seconds!r}")
    return seconds


def _dims(dims: object, function: FunctionType) -> Dims | None:
    """The sizes of this check: its own, or the module's as they stand above it."""
    found = dims if dims is not None else function.__globals__.get("dims")
    if isinstance(found, Dims):
        return found
    if found is not None:
        raise ValueError(f"dims is not a Dims but a {type(found).__name__}: write dims = Dims(N=(4, 8), D=(2, 5))")
    below = _assigned_below(function.__code__)
    if below is not None:
        raise ValueError(f"dims is assigned in line {below}, below the check: move it above")
    return None


def _assigned_below(code: CodeType) -> int | None:
    """The line below the function where its module assigns `dims`, if it does."""
    linecache.checkcache(code.co_filename)
    text = "".join(linecache.getlines(code.co_filename))
    try:
        statements = ast.parse(text).body if "dims" in text else []
    except SyntaxError:  # what lies there now is not what runs
        return None
    for statement in statements:
        targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        if "dims" in names and statement.lineno > code.co_firstlineno:
            return statement.lineno
    return None
