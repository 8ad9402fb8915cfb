"""For who writes assignments."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.commands.command import STUDENTS, command, print_json
from grader.commands.options import (
    assignments_option,
    jobs_option,
    json_option,
    path_argument,
    quiet_option,
    seed_option,
    seed_or_random,
    share,
    whole,
)

if TYPE_CHECKING:
    from fractions import Fraction


@click.command(short_help="Begin an assignment.", epilog="Example: grade new my_layers")
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


@click.command(
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
    first = seed_or_random(seed)
    with progress_on_stderr("validating", quiet=quiet or as_json) as progress:
        every = [(first + k) % 2**64 for k in range(seeds)]
        kinds = Kinds(mutants)
        result = run_validate(loaded, seeds=every, jobs=jobs, kinds=kinds, min_score=min_score, progress=progress)
    if html is not None:
        write_page(result, html)
    if as_json:
        print_json(as_dict(result))
    elif not quiet or not result.sound:
        with printing() as console:
            write(result, console, verbose=verbose)
    return 0 if result.sound else STUDENTS


@click.command(
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


@click.command(
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
