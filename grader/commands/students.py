"""For who checks a file of their own."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.commands.command import BAD_INPUT, OURS, STUDENTS, command, print_json
from grader.commands.options import VIEWERS, assignments_option, json_option, path_argument, seed_option, seed_or_random

if TYPE_CHECKING:
    from grader.model import Report


@click.command(
    "list", short_help="List the assignments.", epilog="Example: grade list --assignments course/assignments"
)
@assignments_option
@json_option
@command
def list_(assignments: Path | None, as_json: bool) -> int:
    """List the assignments: their checks and points."""
    from grader.assignment import available, each, load
    from grader.reports.listing import listing, listing_table
    from grader.reports.terminal import printing

    loaded, bad = each(load, available(assignments))
    for error in bad:
        click.echo(f"grade: {error}", err=True)
    listed = listing(loaded.values())
    if as_json:
        print_json(listed)
    else:
        with printing() as console:
            console.print(listing_table(listed), crop=False)
    return BAD_INPUT if bad else 0


@click.command(short_help="Check your own file.", epilog="Example: grade check matrix_calculus.ipynb")
@click.argument("path", type=path_argument)
@click.option(
    "--assignment",
    "name",
    metavar="NAME",
    help="Which assignment it answers. [default: the one that asks for such a file]",
)
@assignments_option
@seed_option
@click.option(
    "--viewer",
    type=click.Choice(VIEWERS),
    metavar="WHO",
    help="staff, student, student-after-due or student-published: for whose eyes. "
    "[default: student, before or after the due date]",
)
@json_option
@click.option("--quiet", "-q", is_flag=True, help="Print the score alone.")
@command
def check(
    path: Path,
    name: str | None,
    assignments: Path | None,
    seed: int | None,
    viewer: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Check one submission against the public checks, on fresh random inputs.

    PATH is a .py or .ipynb file, a folder, or a zip.

    Exit code 0: all passed; 1: something is not right yet; 2: it could not be read; 70: a fault of ours.
    """
    from datetime import UTC, datetime

    from grader.classroom.one import check_one
    from grader.model import Outcome, Viewer
    from grader.reports import points_line, seen_by, to_json, viewer_at, worth_repeating, write_text
    from grader.reports.terminal import printing, put

    report = check_one(path, name, assignments, seed_or_random(seed))
    seen = seen_by(report, Viewer(viewer) if viewer else viewer_at(report, datetime.now(UTC)))
    if as_json:
        put(to_json(seen))
    elif quiet:
        put(points_line(seen) + "\n")
    else:
        with printing() as console:
            write_text(seen, console)
        if seed is None and worth_repeating(report):
            put(_how_to_repeat(report, path, name, assignments))
    if not report.final:
        return OURS
    passed = all(result.outcome is Outcome.PASSED for result in report.results)
    return 0 if passed and report.loading.outcome is Outcome.PASSED else STUDENTS


def _how_to_repeat(report: Report, path: Path, name: str | None, assignments: Path | None) -> str:
    """The command that draws the same inputs once more. They are the public checks', so their seed is no secret."""
    named = ["--assignment", name] if name else []
    found = ["--assignments", str(assignments)] if assignments else []
    words = ["grade", "check", str(path), *named, *found, "--seed", str(report.seed)]
    return f"repeat with the same inputs: {shlex.join(words)}\n"
