"""What a validation came to, for people and for programs."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from grader.model import format_points

if TYPE_CHECKING:
    from rich.console import Console

    from grader.validate.found import Problem, Subject, Validation

SCHEMA = "gradgrader/validation/v1"


def write(validation: Validation, console: Console) -> None:
    """A table of what was run, then everything that does not hold."""
    table = Table(box=None, pad_edge=False)
    for column in ("", "", "promise", "points", "seeds"):
        table.add_column(column, justify="right" if column in ("points", "seeds") else "left", overflow="fold")
    for subject in validation.subjects:
        table.add_row(_mark(subject), Text(subject.name), Text(subject.promise), _range(subject), str(subject.runs))
    console.print(table)
    for subject in validation.subjects:
        for problem in subject.problems.values():
            _say(f"{subject.name} {_line(problem, subject, validation)}", "red", console)
    for text in validation.problems:
        _say(text, "red", console)
    for text in validation.notes:
        _say(f"note: {text}", "", console)
    _say(_ending(validation), "bold", console)


def _say(text: str, style: str, console: Console) -> None:
    console.print(Text(text, style), soft_wrap=True)  # a command that is broken into lines cannot be copied


def _mark(subject: Subject) -> Text:
    if subject.problems:
        return Text("✗", "red")
    return Text("✓", "green") if subject.judged else Text("?", "yellow")


def _line(problem: Problem, subject: Subject, validation: Validation) -> str:
    """What is wrong, where to look, and how to see it again."""
    says = f"{problem.says}: {problem.finding}" if problem.finding else problem.says
    command = f"grade validate {shlex.quote(validation.called)} --seeds 1 --seed {problem.seeds[0]}"
    seen = f"{len(problem.seeds)} of {_number(subject.runs, 'seed')}: {command}"
    return f"{says} [{problem.where}; {seen}]" if problem.where else f"{says} [{seen}]"


def _range(subject: Subject) -> str:
    if not subject.earned:
        return "none" if subject.runs else "not run"
    low, high = min(subject.earned), max(subject.earned)
    return format_points(low) if low == high else f"{format_points(low)} to {format_points(high)}"


def _ending(validation: Validation) -> str:
    what = [
        "1 point" if validation.points == 1 else f"{format_points(validation.points)} points",
        _number(len(validation.subjects) - 2, "mutant"),
        _number(validation.seeds, "seed"),
    ]
    return f"{validation.assignment}: {', '.join(what)}: " + (
        "every promise holds" if validation.sound else "not sound yet"
    )


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
        "problems": validation.problems,
        "notes": validation.notes,
    }
