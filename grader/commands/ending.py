"""Whatever ends a command becomes a sentence on stderr and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from contextlib import suppress

import click

from grader.commands.command import OURS
from grader.model import BadInput
from grader.reports.terminal import NoOutput
from grader.sandbox.member import GuestLost

STOPPED, TERMINATED = 130, 143  # as a shell reports SIGINT and SIGTERM
UNREAD = 141  # and a reader that has gone: `grade list | head -1`


class Terminated(KeyboardInterrupt):
    """SIGTERM: to be cleaned up after as after Ctrl-C."""


def end_cleanly_on_sigterm() -> None:
    """Let SIGTERM unwind what runs, so that nothing is left behind."""

    def stop(number: int, frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Terminated

    signal.signal(signal.SIGTERM, stop)


def exit_code_of(error: BaseException) -> int:
    """Say in a sentence what has ended the command. What nobody foresaw keeps its traceback."""
    if isinstance(error, NoOutput):
        if not error.unread:
            _complain(f"standard output cannot be written: {error}")
        _discard_output()
        return UNREAD if error.unread else OURS
    if isinstance(error, BadInput):
        _complain(str(error))
        return error.exit_code
    if isinstance(error, GuestLost):
        _complain(f"this machine cannot start the process for student code: {error}")
        return OURS
    if isinstance(error, KeyboardInterrupt):
        _complain("stopped; reports that were written stay where they are")
        return TERMINATED if isinstance(error, Terminated) else STOPPED
    above = "".join(traceback.format_exception(error))
    _complain("a fault of ours: please report it with the lines above", above)
    return OURS


def _complain(says: str, above: str = "") -> None:
    with suppress(OSError):  # then the exit code has to say it
        click.echo(f"{above}grade: {says}", err=True)


def _discard_output() -> None:
    """What is still buffered would fail once more when Python ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # it is closed, or is no file
            os.dup2(nowhere, stream.fileno())
