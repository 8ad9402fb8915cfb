"""Progress of a long run: a bar on a terminal, plain lines when piped, nothing when quiet."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[int, int, str], None]


@contextmanager
def progress_on_stderr(what: str, *, quiet: bool = False) -> Iterator[Progress]:
    """A function to call with the number done, of how many, and a line on the latest (or "")."""
    if quiet:
        yield lambda done, of, line: None
    elif sys.stderr.isatty():
        with _bar(what) as show:
            yield show
    else:
        yield _print_line


def _print_line(done: int, of: int, line: str) -> None:
    if line:
        print(f"[{done}/{of}] {line}", file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def _bar(what: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    latest = TextColumn("{task.fields[line]}", markup=False)  # a submission's name is text
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), latest)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, line="")
        yield lambda done, of, line: bar.update(task, completed=done, total=of, line=line)
