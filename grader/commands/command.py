"""What every command is: a function that returns its exit code; whatever else ends it becomes one."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any, ParamSpec

import click

P = ParamSpec("P")

STUDENTS = 1
BAD_INPUT = 2
OURS = 70  # a fault of ours, the machine's or the assignment's, never the student's


def _open_what_is_closed() -> None:
    """A standard stream's number, if free, would go to the first pipe to a guest, and the two would be mixed up."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # it gets the lowest number that is free


class Commands(click.Group):
    """All commands. Their help, too, may meet an output that takes no more."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Parse, run, exit."""
        _open_what_is_closed()
        try:
            return super().main(*args, **kwargs)
        except OSError as error:  # click itself sees to a reader that has gone
            from grader.commands.ending import exit_code_of
            from grader.reports.terminal import NoOutput

            sys.exit(exit_code_of(NoOutput(error.strerror or str(error))))


def command(function: Callable[P, int]) -> Callable[P, None]:
    """The outer edge: a command returns its exit code, and whatever else ends it becomes one."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from grader.commands.ending import end_cleanly_on_sigterm

        end_cleanly_on_sigterm()
        try:
            code = function(*args, **kwargs)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  (here nobody is left to pass it on to)
            from grader.commands.ending import exit_code_of

            code = exit_code_of(error)
        sys.exit(code)

    return run


def print_json(value: object) -> None:
    """For programs."""
    import json

    from grader.reports.terminal import put

    put(json.dumps(value, indent=2) + "\n")
