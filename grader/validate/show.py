"""What a validation came to, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from grader.model import format_points

if TYPE_CHECKING:
    from rich.console import Console

    from grader.validate.run import Subject, Validation


def write(validation: Validation, console: Console) -> None:
    """A table of what was run, then everything that does not hold."""
    table = Table(box=None, pad_edge=False)
    for column in ("", "", "promise", "points", "seeds"):
        table.add_column(column, justify="right" if column in ("points", "seeds") else "left", overflow="fold")
    for subject in validation.subjects:
        mark = Text("✗", "red") if subject.problems else Text("✓", "green")
        table.add_row(mark, Text(subject.name), Text(subject.promise), _range(subject), str(subject.runs))
    console.print(table)
    for subject in validation.subjects:
        for problem, count in sorted(subject.problems.items()):
            console.print(Text(f"{subject.name} {problem} [{count} of {subject.runs} seeds]", "red"))
    for problem in validation.problems:
        console.print(Text(problem, "red"))
    console.print(Text(_ending(validation), "bold"))


def _range(subject: Subject) -> str:
    if not subject.earned:
        return "none"
    low, high = min(subject.earned), max(subject.earned)
    return format_points(low) if low == high else f"{format_points(low)} to {format_points(high)}"


def _ending(validation: Validation) -> str:
    mutants = len(validation.subjects) - 2
    what = f"{format_points(validation.points)} points, {mutants} mutants, {validation.seeds} seeds"
    return f"{validation.assignment}: {what}: " + ("every promise holds" if validation.sound else "not sound yet")


def as_dict(validation: Validation) -> dict[str, Any]:
    """For `--json`."""
    return {
        "assignment": validation.assignment,
        "seeds": validation.seeds,
        "points": format_points(validation.points),
        "sound": validation.sound,
        "subjects": [
            {
                "name": subject.name,
                "promise": subject.promise,
                "seeds": subject.runs,
                "earned": [format_points(points) for points in sorted(subject.earned)],
                "problems": dict(sorted(subject.problems.items())),
            }
            for subject in validation.subjects
        ],
        "problems": validation.problems,
    }
