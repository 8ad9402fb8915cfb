"""The assignments that there are: their checks and points."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.table import Table
from rich.text import Text

from grader.model import Assignment, format_points

SCHEMA = "gradgrader/list/v1"


def listing(assignments: Iterable[Assignment]) -> dict[str, Any]:
    """For `--json`."""
    return {"schema": SCHEMA, "assignments": [_summary(assignment) for assignment in assignments]}


def _summary(assignment: Assignment) -> dict[str, Any]:
    public = sum(check.public for check in assignment.checks)
    return {
        "assignment": assignment.name,
        "title": assignment.manifest.title,
        "public": public,
        "hidden": len(assignment.checks) - public + assignment.manifest.hidden_checks,
        "points": format_points(assignment.points + assignment.manifest.hidden_points),
    }


def listing_table(listed: dict[str, Any]) -> Table:
    """What `listing` gives, as a table. Names are whole, since commands ask for them."""
    rows = listed["assignments"]
    table = Table(box=None, pad_edge=False)
    longest = max((len(row["assignment"]) for row in rows), default=0)
    table.add_column("\nassignment", no_wrap=True, min_width=longest)
    for column in ("public\nchecks", "hidden\nchecks", "\npoints"):
        table.add_column(column, justify="right", no_wrap=True, min_width=len("points"))
    table.add_column(
        "\ntitle", overflow="fold", min_width=10
    )  # what has no room runs over the edge: a cut number is another number
    for row in rows:
        table.add_row(*(Text(str(row[key])) for key in ("assignment", "public", "hidden", "points", "title")))
    return table
