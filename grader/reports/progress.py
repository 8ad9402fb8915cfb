"""Progress of a long run: a bar on a terminal, plain lines when piped, nothing when quiet."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from grader.reports.terminal import put, takes_escapes

Progress = Callable[[int, int, str], None]
NAME_WIDTH = 30


@contextmanager
def progress_on_stderr(what: str, *, quiet: bool = False, opening: str = "") -> Iterator[Progress]:
    """A function to call with the number done, of how many, and a line on the latest: "name: result", or "".

    `opening` is a warning: a line that comes before the first progress, and even when quiet.
    """
    if sys.stderr is None:
        yield _nothing
    elif quiet:
        yield _opened(opening, _nothing)
    elif takes_escapes(sys.stderr):
        with _bar(what) as show:
            yield _opened(opening, show)
    else:
        yield _opened(opening, _print_line)


def _opened(opening: str, show: Progress) -> Progress:
    waiting = [opening] if opening else []

    def open_and_show(done: int, of: int, line: str) -> None:
        while waiting:
            put(f"{waiting.pop()}\n", sys.stderr)
        show(done, of, line)

    return open_and_show


def _nothing(done: int, of: int, line: str) -> None:
    """Say nothing."""


def _print_line(done: int, of: int, line: str) -> None:
    if line:
        put(f"[{done}/{of}] {line}\n", sys.stderr)


@contextmanager
def _bar(what: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    latest = TextColumn("{task.fields[name]}", markup=False)  # a submission's name is text
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), latest)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, name="")

        def show(done: int, of: int, line: str) -> None:
            name = line.partition(": ")[0][:NAME_WIDTH]
            bar.update(task, completed=done, total=of, name=name, refresh=done == 0)

        yield show
