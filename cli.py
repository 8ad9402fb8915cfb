"""The `grade` command: parse, call, print, exit code. It decides nothing.

Everything heavy is imported where it is used, so that `grade --help` answers at once.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click

if TYPE_CHECKING:
    from rich.console import Console

    from grader.classroom import ClassResult
    from grader.model import Assignment

P = ParamSpec("P")

OURS = 70  # the exit code of a fault that is ours or the assignment's, never the student's
STUDENTS = 1
BAD_INPUT = 2
DEMO_SEED = 1
VIEWERS = ("student", "student-after-due", "student-published", "staff")

path_argument = click.Path(path_type=Path)
assignments_option = click.option(
    "--assignments", type=path_argument, help="Where assignments are looked for. [default: ./assignments]"
)
seed_option = click.option(
    "--seed", type=click.IntRange(0, 2**64 - 1), help="Makes a run repeatable. [default: random]"
)
jobs_option = click.option("--jobs", type=click.IntRange(1, 256), default=1, help="Gradings at a time. [default: 1]")
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print errors and what was asked for, nothing else.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gradgrader", prog_name="grade")
def main() -> None:
    r"""Grade deep-learning coursework: are these gradients right, in this layout, and does this network learn?

    \b
    grade demo                                             see a class graded
    grade check my_work.ipynb                              check your own file
    grade run matrix_calculus submissions/ --out graded/   grade a class
    grade validate matrix_calculus                         test an assignment
    """


def command(function: Callable[P, int]) -> Callable[P, None]:
    """A command returns its exit code; bad input is one sentence and exit code 2, anything else unforeseen is ours."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from grader.model import BadInput
        from grader.sandbox.member import GuestLost

        try:
            code = function(*args, **kwargs)
        except BadInput as error:
            click.echo(f"grade: {error}", err=True)
            code = error.exit_code
        except GuestLost as error:
            click.echo(f"grade: this machine cannot start the process for student code: {error}", err=True)
            code = OURS
        except KeyboardInterrupt:
            click.echo("grade: stopped; reports that were written stay where they are", err=True)
            code = 130
        sys.exit(code)

    return run


@main.command("list", epilog="Example: grade list --assignments course/assignments")
@assignments_option
@json_option
@command
def list_(assignments: Path | None, as_json: bool) -> int:
    """List the assignments: their checks and points."""
    from rich.text import Text

    from grader.assignment import available, each, load

    loaded, bad = each(load, available(assignments))
    for error in bad:
        click.echo(f"grade: {error}", err=True)
    rows = [_summary(assignment) for assignment in loaded.values()]
    code = BAD_INPUT if bad else 0
    if as_json:
        _print_json(rows)
        return code
    table = _table("assignment", "title", "public checks", "hidden checks", "points")
    for row in rows:
        table.add_row(*(Text(str(value)) for value in row.values()))
    _console().print(table)
    return code


@main.command(epilog="Example: grade check matrix_calculus.ipynb")
@click.argument("path", type=path_argument)
@click.option("--assignment", "name", help="Which assignment it answers. [default: the one that asks for such a file]")
@assignments_option
@seed_option
@click.option("--viewer", type=click.Choice(VIEWERS), default="student", help="For whose eyes. [default: student]")
@json_option
@quiet_option
@command
def check(
    path: Path, name: str | None, assignments: Path | None, seed: int | None, viewer: str, as_json: bool, quiet: bool
) -> int:
    """Check one submission against the public checks.

    PATH is a .py or .ipynb file, a folder, or a zip. Exit code 0: all passed; 1: something is not right yet;
    2: it could not be read; 70: a fault of ours.
    """
    from grader.classroom.one import check_one
    from grader.model import Outcome, Viewer
    from grader.reports import seen_by, to_json, write_text

    report = check_one(path, name, assignments, _seed(seed))
    seen = seen_by(report, Viewer(viewer))
    if as_json:
        click.echo(to_json(seen), nl=False)
    elif not quiet:
        write_text(seen, _console())
    if not report.final:
        return OURS
    passed = all(result.outcome is Outcome.PASSED for result in report.results)
    return 0 if passed and report.loading.outcome is Outcome.PASSED else STUDENTS


@main.command(epilog="Example: grade run matrix_calculus submissions/ --out graded/ --jobs 2")
@click.argument("assignment")
@click.argument("folder", type=path_argument)
@click.option("--out", type=path_argument, required=True, help="The folder for the reports.")
@assignments_option
@seed_option
@jobs_option
@click.option("--viewer", type=click.Choice(VIEWERS[:3]), default="student", help="Whose view student.json holds.")
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
    viewer: str,
    as_json: bool,
    quiet: bool,
) -> int:
    """Grade every submission in FOLDER with all checks of ASSIGNMENT.

    Each file, zip or subfolder of FOLDER is one submission. Exit code 0: every submission has a final report, whatever
    the scores; 2: one could not be read; 70: a check is broken.
    """
    from grader.assignment import load, locate
    from grader.classroom import run_class
    from grader.model import Viewer
    from grader.reports.progress import progress_on_stderr

    loaded = load(locate(assignment, assignments))
    _say_protection()
    with progress_on_stderr("grading", quiet=quiet or as_json) as progress:
        result = run_class(loaded, folder, out, seed=_seed(seed), jobs=jobs, viewer=Viewer(viewer), progress=progress)
    if as_json:
        click.echo((out / "class.json").read_text(encoding="utf-8"), nl=False)
    elif not quiet:
        _show_class(result, out)
    return _class_code(result)


@main.command(epilog="Example: grade validate matrix_calculus --seeds 50 --jobs 2")
@click.argument("assignment")
@assignments_option
@click.option("--seeds", type=click.IntRange(1, 100_000), default=20, help="How many seeds. [default: 20]")
@seed_option
@jobs_option
@json_option
@quiet_option
@command
def validate(
    assignment: str, assignments: Path | None, seeds: int, seed: int | None, jobs: int, as_json: bool, quiet: bool
) -> int:
    """Test an assignment: the solution earns everything, the starter nothing, each mutant what it promises.

    Exit code 0: all of it holds on every seed; 1: something does not.
    """
    from grader.assignment import load, locate
    from grader.reports.progress import progress_on_stderr
    from grader.validate import validate as run_validate
    from grader.validate.show import as_dict, write

    loaded = load(locate(assignment, assignments))
    first = _seed(seed)
    with progress_on_stderr("validating", quiet=quiet or as_json) as progress:
        every = [(first + k) % 2**64 for k in range(seeds)]
        result = run_validate(loaded, seeds=every, jobs=jobs, progress=progress)
    if as_json:
        _print_json(as_dict(result))
    elif not quiet or not result.sound:
        write(result, _console())
    return 0 if result.sound else STUDENTS


@main.command(epilog="Example: grade demo")
@click.option("--out", type=path_argument, default=Path("reports/demo"), help="[default: reports/demo]")
@jobs_option
@quiet_option
@command
def demo(out: Path, jobs: int, quiet: bool) -> int:
    """Grade the class in examples/matrix_calculus, as an instructor would: run this in a clone of the repository."""
    from grader.assignment import load, locate
    from grader.classroom import run_class
    from grader.reports.progress import progress_on_stderr

    folder = Path("examples/matrix_calculus")
    assignment = load(locate("matrix_calculus"))
    if not quiet:
        click.echo(f"grade run matrix_calculus {folder}/ --out {out}/ --seed {DEMO_SEED}\n")
    _say_protection()
    with progress_on_stderr("grading", quiet=quiet) as progress:
        result = run_class(assignment, folder, out, seed=DEMO_SEED, jobs=jobs, progress=progress)
    if not quiet:
        _show_class(result, out)
        click.echo(f"\nOne of them in full: {out}/submissions/sign_errors/staff.txt, and student.txt beside it.")
    return _class_code(result)


# ------------------------------------------------------------------------------------------------- what is printed


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False)


def _table(*columns: str) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="left" if column in ("assignment", "title") else "right")
    return table


def _summary(assignment: Assignment) -> dict[str, Any]:
    from fractions import Fraction

    from grader.model import format_points

    public = sum(check.public for check in assignment.checks)
    return {
        "assignment": assignment.name,
        "title": assignment.manifest.title,
        "public": public,
        "hidden": len(assignment.checks) - public,
        "points": format_points(sum((check.points for check in assignment.checks), Fraction(0))),
    }


def _say_protection() -> None:
    from grader.sandbox import PROTECTION

    click.echo(f"protection {PROTECTION.rung}: {PROTECTION.says}", err=True)


def _show_class(result: ClassResult, out: Path) -> None:
    from grader.reports import class_table

    console = _console()
    console.print()
    console.print(class_table(result.reports, result.unread))
    if result.ignored:
        console.print(f"not a submission, and left out: {', '.join(result.ignored)}", markup=False)
    console.print(f"\nreports: {out}/submissions/<name>/staff.txt, staff.json, student.txt, student.json", markup=False)


def _class_code(result: ClassResult) -> int:
    if result.broken:
        return OURS
    return BAD_INPUT if result.unread else 0


def _print_json(value: object) -> None:
    import json

    click.echo(json.dumps(value, indent=2))


def _seed(seed: int | None) -> int:
    import secrets

    return secrets.randbits(64) if seed is None else seed


if __name__ == "__main__":
    main()
