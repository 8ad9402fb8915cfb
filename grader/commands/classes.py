"""For who grades a class."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.commands.command import BAD_INPUT, OURS, command, print_json
from grader.commands.options import (
    VIEWERS,
    assignments_option,
    jobs_option,
    json_option,
    path_argument,
    quiet_option,
    seed_option,
    seed_or_random,
    trust_option,
)

if TYPE_CHECKING:
    from grader.classroom import ClassResult
    from grader.sandbox import Rung

DEMO_SEED = 1


@click.command(
    short_help="Grade a class.", epilog="Example: grade run matrix_calculus submissions/ --out graded/ --jobs 2"
)
@click.argument("assignment")
@click.argument("folder", type=path_argument)
@click.option("--out", type=path_argument, metavar="DIR", required=True, help="The folder for the reports.")
@assignments_option
@seed_option
@jobs_option
@trust_option
@click.option(
    "--viewer",
    type=click.Choice(VIEWERS[:3]),
    metavar="WHO",
    help="student, student-after-due or student-published: for whose eyes student.json is. "
    "[default: student, before or after the due date]",
)
@json_option
@quiet_option
@command
def run(
    assignment: str,
    folder: Path,
    out: Path,
    assignments: Path | None,
    seed: int | None,
    jobs: int,
    trust_students: bool,
    viewer: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Grade every submission in FOLDER with all checks of ASSIGNMENT.

    Each file, zip or subfolder of FOLDER is one submission. Student code runs under the strongest protection that
    this machine has; `grade doctor` says which.

    Exit code 0: every submission has a final report, whatever the scores; 2: one could not be read; 70: a check is
    broken, or a fault of ours.
    """
    from grader.assignment import load, locate
    from grader.classroom import run_class, rung_for
    from grader.model import Viewer
    from grader.reports.progress import progress_on_stderr
    from grader.reports.terminal import put

    loaded = load(locate(assignment, assignments))
    rung = rung_for(trust=trust_students)
    eyes, chosen = Viewer(viewer) if viewer else None, seed_or_random(seed)
    with progress_on_stderr("grading", quiet=quiet or as_json, opening=_protection(rung)) as progress:
        result = run_class(loaded, folder, out, seed=chosen, rung=rung, jobs=jobs, viewer=eyes, progress=progress)
    if as_json:
        put((out / "class.json").read_bytes())
    elif not quiet:
        _show_class(result, out)
    return _class_code(result)


@click.command(short_help="See a class graded.", epilog="Example: grade demo")
@click.option(
    "--out",
    type=path_argument,
    metavar="DIR",
    default=Path("reports/demo"),
    help="The folder for the reports. [default: reports/demo]",
)
@jobs_option
@quiet_option
@command
def demo(out: Path, jobs: int, quiet: bool) -> int:
    """Grade the class in examples/matrix_calculus, as an instructor would.

    Run this in a clone of the repository.
    """
    from grader.assignment import load, locate
    from grader.classroom import run_class, rung_for
    from grader.reports.progress import progress_on_stderr
    from grader.reports.terminal import put

    folder = Path("examples/matrix_calculus")
    assignment = load(locate("matrix_calculus"))
    if not quiet:
        put(f"grade run matrix_calculus {folder}/ --out {out}/ --seed {DEMO_SEED}\n\n")
    rung = rung_for(trust=True)  # these submissions are ours
    with progress_on_stderr("grading", quiet=quiet, opening=_protection(rung)) as progress:
        result = run_class(assignment, folder, out, seed=DEMO_SEED, rung=rung, jobs=jobs, progress=progress)
    if not quiet:
        _show_class(result, out)
        put(f"\nOne of them in full: {out}/submissions/sign_errors/staff.txt, and student.txt beside it.\n")
    return _class_code(result)


@click.command(short_help="See what protects this machine.", epilog="Example: grade doctor")
@json_option
@command
def doctor(as_json: bool) -> int:
    """Say how this machine is protected from student code, as found by trying to break out.

    Exit code 0: there is a protection that holds; 1: there is none.
    """
    from grader.reports.doctor import doctor_dict, doctor_text
    from grader.reports.terminal import put
    from grader.sandbox import trials

    tried = trials()
    if as_json:
        print_json(doctor_dict(tried))
    else:
        put(doctor_text(tried))
    return 0 if tried[-1].holds else 1


def _protection(rung: Rung) -> str:
    return f"protection {rung.name}: {rung.says}"


def _show_class(result: ClassResult, out: Path) -> None:
    from grader.reports import class_table
    from grader.reports.terminal import printing, put

    click.echo(err=True)
    with printing() as console:
        console.print(class_table(result.reports, result.unread), crop=False)
        if result.ignored:
            console.print(f"\nnot a submission, and left out: {', '.join(result.ignored)}", markup=False)
        if result.stale:
            console.print(f"\nreports of an earlier run, left as they are: {', '.join(result.stale)}", markup=False)
    put(f"\nreports: {out}/submissions/NAME/ holds staff.txt, staff.json, student.txt, student.json\n")


def _class_code(result: ClassResult) -> int:
    if result.broken:
        return OURS
    return BAD_INPUT if result.unread else 0
