"""The `grade` command: parse, call, print, exit code. It decides nothing.

Everything heavy is imported where it is used, so that `grade --help` answers at once.
"""

from __future__ import annotations

import functools
import os
import shlex
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click

if TYPE_CHECKING:
    from fractions import Fraction

    from grader.classroom import ClassResult
    from grader.model import Report
    from grader.sandbox import Rung

# Before NumPy is loaded, here and in every process that is started: the arrays are small, and threads that wait for
# each other while other submissions are graded take several times as long.
for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(threads, "1")

P = ParamSpec("P")

STUDENTS = 1
BAD_INPUT = 2
OURS = 70  # a fault of ours, the machine's or the assignment's, never the student's
DEMO_SEED = 1
VIEWERS = ("student", "student-after-due", "student-published", "staff")


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """A type of option: a whole number within bounds. `click.IntRange` prints the bounds in every help page."""

    def convert(text: str) -> int:
        with suppress(ValueError):
            if lowest <= int(text) <= highest:
                return int(text)
        raise click.BadParameter(f"{text} is not a whole number from {lowest} to {highest}.")

    return convert


def share(text: str) -> Fraction:
    """A type of option: a decimal number from 0 to 1."""
    from fractions import Fraction

    with suppress(ValueError, ZeroDivisionError):
        if 0 <= (value := Fraction(text)) <= 1:
            return value
    raise click.BadParameter(f"{text} is not a number from 0 to 1.")


path_argument = click.Path(path_type=Path)
assignments_option = click.option(
    "--assignments",
    type=path_argument,
    metavar="DIR",
    help="Where assignments are looked for. [default: ./assignments]",
)
seed_option = click.option(
    "--seed", metavar="N", type=whole(0, 2**64 - 1), help="The same seed, the same inputs. [default: random]"
)
trust_option = click.option(
    "--trust-students", is_flag=True, help="Where this machine offers no protection, grade without."
)
jobs_option = click.option(
    "--jobs", metavar="N", type=whole(1, 256), default=1, help="Gradings at a time. [default: 1]"
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print errors and nothing else.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


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
            from grader.reports.edge import exit_code_of
            from grader.reports.terminal import NoOutput

            sys.exit(exit_code_of(NoOutput(error.strerror or str(error))))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gradgrader", prog_name="grade")
def main() -> None:
    """Grade deep-learning coursework: are these gradients right, in this layout, and does this network learn?

    \b
    grade demo                                             see a class graded
    grade new my_layers                                    begin an assignment
    grade check my_work.ipynb                              check your own file
    grade run matrix_calculus submissions/ --out graded/   grade a class
    grade validate matrix_calculus                         test an assignment
    grade release matrix_calculus                          make what students get
    """  # noqa: D301  (click wants the character itself: it keeps the lines below it as they are)


def command(function: Callable[P, int]) -> Callable[P, None]:
    """The outer edge: a command returns its exit code, and whatever else ends it becomes one."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from grader.reports.edge import end_cleanly_on_sigterm

        end_cleanly_on_sigterm()
        try:
            code = function(*args, **kwargs)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  (here nobody is left to pass it on to)
            from grader.reports.edge import exit_code_of

            code = exit_code_of(error)
        sys.exit(code)

    return run


@main.command("list", short_help="List the assignments.", epilog="Example: grade list --assignments course/assignments")
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
        _print_json(listed)
    else:
        with printing() as console:
            console.print(listing_table(listed), crop=False)
    return BAD_INPUT if bad else 0


@main.command(short_help="Check your own file.", epilog="Example: grade check matrix_calculus.ipynb")
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

    report = check_one(path, name, assignments, _seed(seed))
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


@main.command(
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
    eyes = Viewer(viewer) if viewer else None
    with progress_on_stderr("grading", quiet=quiet or as_json, opening=_protection(rung)) as progress:
        result = run_class(loaded, folder, out, seed=_seed(seed), rung=rung, jobs=jobs, viewer=eyes, progress=progress)
    if as_json:
        put((out / "class.json").read_bytes())
    elif not quiet:
        _show_class(result, out)
    return _class_code(result)


@main.command(short_help="Begin an assignment.", epilog="Example: grade new my_layers")
@click.argument("name")
@click.option(
    "--assignments", type=path_argument, metavar="DIR", help="It is written to DIR/NAME. [default: ./assignments]"
)
@quiet_option
@command
def new(name: str, assignments: Path | None, quiet: bool) -> int:
    """Write a small assignment that is complete, to be changed into your own. NAME is one as Python has them.

    Exit code 0: it is written; 2: NAME cannot be a name, or there is something already.
    """
    from grader.assignment import write_new
    from grader.reports.terminal import put

    folder = write_new(name, assignments)
    if not quiet:
        put("".join(f"{path}\n" for path in sorted(folder.rglob("*")) if path.is_file()))
        found = ["--assignments", str(assignments)] if assignments else []
        put("\nIt is small and complete. Test it, make it your own, and test it again:\n\n")
        put(f"    {shlex.join(['grade', 'validate', name, *found])}\n")
    return 0


@main.command(
    short_help="Test an assignment before its release.",
    epilog="Example: grade validate matrix_calculus --jobs 2 --html report.html",
)
@click.argument("assignment")
@assignments_option
@click.option("--seeds", metavar="N", type=whole(1, 100_000), default=20, help="How many seeds. [default: 20]")
@seed_option
@click.option(
    "--mutants",
    type=click.Choice(["all", "written", "generated"]),
    metavar="WHICH",
    default="all",
    help="all, written (in the assignment's folder) or generated from the solution. [default: all]",
)
@click.option(
    "--min-score",
    metavar="SHARE",
    type=share,
    default="0.95",
    help="The share of generated mutants that the checks must kill. [default: 0.95]",
)
@jobs_option
@click.option("--html", type=path_argument, metavar="FILE", help="Write all of it to a page, too.")
@json_option
@click.option("--verbose", "-v", is_flag=True, help="Print every check's score and the equivalent mutants, too.")
@click.option("--quiet", "-q", is_flag=True, help="Print only what does not hold.")
@command
def validate(
    assignment: str,
    assignments: Path | None,
    seeds: int,
    seed: int | None,
    mutants: str,
    min_score: Fraction,
    jobs: int,
    html: Path | None,
    as_json: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Test an assignment: the solution earns everything, the starter nothing, each mutant what it promises.

    Mutants are also generated: the solution with one mistake that students make. Most of them must fail a check.

    Exit code 0: all of it holds on every seed; 1: something does not; 2: it could not be read; 70: a fault of ours.
    """
    from grader.assignment import load, locate
    from grader.reports.progress import progress_on_stderr
    from grader.reports.terminal import printing
    from grader.validate import Kinds
    from grader.validate import validate as run_validate
    from grader.validate.page import refuse_folder, write_page
    from grader.validate.show import as_dict, write

    if html is not None:
        refuse_folder(html)
    loaded = load(locate(assignment, assignments))
    first = _seed(seed)
    with progress_on_stderr("validating", quiet=quiet or as_json) as progress:
        every = [(first + k) % 2**64 for k in range(seeds)]
        kinds = Kinds(mutants)
        result = run_validate(loaded, seeds=every, jobs=jobs, kinds=kinds, min_score=min_score, progress=progress)
    if html is not None:
        write_page(result, html)
    if as_json:
        _print_json(as_dict(result))
    elif not quiet or not result.sound:
        with printing() as console:
            write(result, console, verbose=verbose)
    return 0 if result.sound else STUDENTS


@main.command(
    short_help="Measure what losses the solution reaches.",
    epilog="Example: grade calibrate neural_network --runs 2000 --jobs 2",
)
@click.argument("assignment")
@assignments_option
@click.option(
    "--runs", metavar="N", type=whole(1000, 1_000_000), default=1000, help="Trainings per loss. [default: 1000]"
)
@click.option(
    "--seed", metavar="N", type=whole(0, 2**64 - 1), default=0, help="The same seed, the same file. [default: 0]"
)
@jobs_option
@quiet_option
@command
def calibrate(assignment: str, assignments: Path | None, runs: int, seed: int, jobs: int, quiet: bool) -> int:
    """Train the solution many times, and write the thresholds of assert_converges beside the checks.

    Exit code 0: the files are written; 2: the assignment cannot be calibrated; 70: a fault of ours.
    """
    from grader.assignment import load, locate
    from grader.reports.progress import progress_on_stderr
    from grader.reports.terminal import put
    from grader.validate.calibrate import calibrate as run_calibrate
    from grader.validate.calibrate import lines

    loaded = load(locate(assignment, assignments))
    with progress_on_stderr("calibrating", quiet=quiet) as progress:
        found = run_calibrate(loaded, runs=runs, seed=seed, jobs=jobs, progress=progress)
    if not quiet:
        put("\n".join(lines(found)) + "\n")
    return 0


@main.command(
    short_help="Make what students get.",
    epilog="Example: grade release matrix_calculus --out kits",
)
@click.argument("assignment")
@assignments_option
@click.option(
    "--out",
    type=path_argument,
    metavar="DIR",
    default=Path("kits"),
    help="The kit is written to DIR/ASSIGNMENT. [default: kits]",
)
@quiet_option
@command
def release(assignment: str, assignments: Path | None, out: Path, quiet: bool) -> int:
    """Write a student's kit: starter, handout, visible checks, and how to use them. Nothing hidden is in it.

    Exit code 0: it is written; 2: it cannot be made, or there is something already.
    """
    from grader.assignment import load, locate
    from grader.release import write_kit
    from grader.reports.terminal import put

    folder = write_kit(load(locate(assignment, assignments)), out)
    if not quiet:
        put("".join(f"{path}\n" for path in sorted(folder.rglob("*")) if path.is_file()))
    return 0


@main.command(short_help="See a class graded.", epilog="Example: grade demo")
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


@main.command(short_help="See what protects this machine.", epilog="Example: grade doctor")
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
        _print_json(doctor_dict(tried))
    else:
        put(doctor_text(tried))
    return 0 if tried[-1].holds else 1


# ------------------------------------------------------------------------------------------------- what is printed


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


def _how_to_repeat(report: Report, path: Path, name: str | None, assignments: Path | None) -> str:
    """The command that draws the same inputs once more. They are the public checks', so their seed is no secret."""
    named = ["--assignment", name] if name else []
    found = ["--assignments", str(assignments)] if assignments else []
    words = ["grade", "check", str(path), *named, *found, "--seed", str(report.seed)]
    return f"repeat with the same inputs: {shlex.join(words)}\n"


def _class_code(result: ClassResult) -> int:
    if result.broken:
        return OURS
    return BAD_INPUT if result.unread else 0


def _print_json(value: object) -> None:
    import json

    from grader.reports.terminal import put

    put(json.dumps(value, indent=2) + "\n")


def _seed(seed: int | None) -> int:
    import secrets

    return secrets.randbits(64) if seed is None else seed


if __name__ == "__main__":
    main(prog_name="grade")
