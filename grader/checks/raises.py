"""`assert_raises`: bad input is refused with the exception that the handout names."""

from __future__ import annotations

from collections.abc import Callable

from grader.checks.arrays import fail, show
from grader.checks.context import context
from grader.model import NoAnswer, Outcome


def assert_raises(exception: type[Exception], function: Callable[..., object], *args: object, **kwargs: object) -> None:
    """Calling `function` raises `exception` or a subclass of it.

    A function that refuses everything would pass as well: let the same check also make a call that must succeed.

    Raises:
        CheckFailed: It returns, or raises something else.
    """
    context().assertions.append("raises")
    name = exception.__name__
    try:
        value = function(*args, **kwargs)
    except NoAnswer as answer:
        if answer.returned:
            fail(f"bad input is accepted where {name} is asked for", expected=name, got="None")
        if answer.outcome is not Outcome.RAISED:
            raise
        if name not in answer.kinds:
            fail(f"bad input raises {answer.kinds[0]} where {name} is asked for", expected=name, got=answer.kinds[0])
        return
    fail(f"bad input is accepted where {name} is asked for", expected=name, got=show(value))
