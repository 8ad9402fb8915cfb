"""What a validation came to, for people and for programs."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from grader.model import format_points
from grader.validate.mutation import words
from grader.validate.mutation.score import points_kept

if TYPE_CHECKING:
    from rich.console import Console

    from grader.validate.found import Problem, Subject, Validation
    from grader.validate.mutation.score import Mutants

SCHEMA = "gradgrader/validation/v1"


def write(validation: Validation, console: Console, *, verbose: bool = False) -> None:
    """A table of what was run, then everything that does not hold; if `verbose`, what is left out of the score, too."""
    table = Table(box=None, pad_edge=False)
    for column in ("", "", "promise", "points", "seeds"):
        table.add_column(column, justify="right" if column in ("points", "seeds") else "left", overflow="fold")
    for subject in validation.subjects:
        table.add_row(
            _mark(subject), Text(subject.name), Text(subject.promise), points_earned(subject), str(subject.runs)
        )
    console.print(table)
    for subject in validation.subjects:
        for problem in subject.problems.values():
            _say(f"{subject.name} {problem_line(problem, subject, validation)}", "red", console)
    if validation.mutants is not None:
        write_mutants(validation.mutants, console, verbose=verbose)
    for text in validation.problems:
        _say(text, "red", console)
    for text in validation.notes:
        _say(f"note: {text}", "", console)
    _say(_ending(validation), "bold", console)


def write_mutants(mutants: Mutants, console: Console, *, verbose: bool) -> None:
    """The checks that notice too little, the survivors, and the score."""
    table = Table(box=None, pad_edge=False)
    for column in ("check", "points", "reached", "killed", "alone"):
        table.add_column(column, justify="left" if column == "check" else "right")
    for row in mutants.checks:
        if verbose or row.killed == 0:
            table.add_row(row.check, format_points(row.points), *map(str, (row.reached, row.killed, row.alone)))
    if table.row_count:
        _say("\ngenerated mutants, by check:" if verbose else "\nchecks that kill no generated mutant:", "", console)
        console.print(table)
    points = {each.check: each.points for each in mutants.checks}
    for each in mutants.survivors:
        _say(f"\nsurvives: {words.headline(each, points_kept(each, points))}", "red", console)
        _say(each.mutation.diff, "", console)
    if verbose:
        for each in mutants.tested:
            if each.equivalent:
                _say(f"\nequivalent: {each.mutation.name}: {each.mutation.does}", "", console)
                _say(each.mutation.diff, "", console)
        _say(f"\nsquare, so that only values show a transpose: {words.square(mutants) or 'nothing'}", "", console)
    _say(f"\n{words.summary(mutants)}", "bold", console)


def _say(text: str, style: str, console: Console) -> None:
    console.print(Text(text, style), soft_wrap=True)  # a command that is broken into lines cannot be copied


def _mark(subject: Subject) -> Text:
    if subject.problems:
        return Text("✗", "red")
    return Text("✓", "green") if subject.judged else Text("?", "yellow")


def problem_line(problem: Problem, subject: Subject, validation: Validation) -> str:
    """What is wrong, where to look, and how to see it again."""
    says = f"{problem.says}: {problem.finding}" if problem.finding else problem.says
    command = f"grade validate {shlex.quote(validation.called)} --seeds 1 --seed {problem.seeds[0]}"
    seen = f"{len(problem.seeds)} of {_number(subject.runs, 'seed')}: {command}"
    return f"{says} [{problem.where}; {seen}]" if problem.where else f"{says} [{seen}]"


def points_earned(subject: Subject) -> str:
    """The least and the most that it earned."""
    if not subject.earned:
        return "none" if subject.runs else "not run"
    low, high = min(subject.earned), max(subject.earned)
    return format_points(low) if low == high else f"{format_points(low)} to {format_points(high)}"


def _ending(validation: Validation) -> str:
    return f"{validation.assignment}: {', '.join(sizes(validation))}: {verdict(validation)}"


def sizes(validation: Validation) -> list[str]:
    """What was run."""
    generated = f" and {len(validation.mutants.tested)} generated" if validation.mutants else ""
    return [
        "1 point" if validation.points == 1 else f"{format_points(validation.points)} points",
        _number(len(validation.subjects) - 2, "mutant") + generated,
        _number(validation.seeds, "seed"),
    ]


def verdict(validation: Validation) -> str:
    """What it came to."""
    return "every promise holds" if validation.sound else "not sound yet"


def _number(count: int, of: str) -> str:
    return f"{count} {of}" if count == 1 else f"{count} {of}s"


def as_dict(validation: Validation) -> dict[str, Any]:
    """For `--json`; docs/write-an-assignment.md describes it. Seeds are text: 64 bits are no JSON number everywhere."""
    return {
        "schema": SCHEMA,
        "assignment": validation.assignment,
        "seeds": validation.seeds,
        "points": format_points(validation.points),
        "sound": validation.sound,
        "subjects": [
            {
                "name": subject.name,
                "promise": subject.promise,
                "seeds": subject.runs,
                "judged": subject.judged,
                "earned": [format_points(points) for points in sorted(subject.earned)],
                "problems": [
                    {
                        "says": problem.says,
                        "finding": problem.finding,
                        "where": problem.where,
                        "seeds": [str(seed) for seed in problem.seeds],
                    }
                    for problem in subject.problems.values()
                ],
            }
            for subject in validation.subjects
        ],
        "generated": validation.mutants and _mutants(validation.mutants),
        "problems": validation.problems,
        "notes": validation.notes,
        "seconds": round(validation.seconds, 3),
    }


def _mutants(mutants: Mutants) -> dict[str, Any]:
    points = {each.check: each.points for each in mutants.checks}
    return {
        "score": None if mutants.score is None else float(mutants.score),
        "mistakes": len(mutants.mistakes),
        "killed": mutants.killed,
        "at_risk": format_points(mutants.at_risk),
        "checks": [
            {
                "check": each.check,
                "points": format_points(each.points),
                "reached": each.reached,
                "killed": each.killed,
                "alone": each.alone,
            }
            for each in mutants.checks
        ],
        "mutants": [
            {
                "name": each.mutation.name,
                "operator": each.mutation.operator,
                "does": each.mutation.does,
                "function": each.mutation.function,
                "line": each.mutation.line,
                "fate": each.fate,
                "killers": sorted(each.killers),
                "by_luck": sorted(each.by_luck),
                "keeps": format_points(points_kept(each, points)),
                "diff": each.mutation.diff,
            }
            for each in mutants.tested
        ],
        "ambiguous": [asdict(each) for each in mutants.ambiguous],
    }
