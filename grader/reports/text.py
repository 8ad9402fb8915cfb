"""Reports for the terminal: a table, then one block per check that was not passed; and the table of a class."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.model import CellFailure, Finding, Loading, Outcome, Report, Result, Viewer, format_points
from grader.reports.view import points_line

# fmt: off
STYLES = {
    Outcome.PASSED:  "green",
    Outcome.FAILED:  "red",
    Outcome.RAISED:  "red",
    Outcome.MISSING: "yellow",
    Outcome.TIMEOUT: "magenta",
    Outcome.CRASHED: "magenta",
    Outcome.REFUSED: "magenta",
    Outcome.BLOCKED: "yellow",
    Outcome.BROKEN:  "bold white on red",
}
MARKS = {Outcome.PASSED: "✓", Outcome.MISSING: "–", Outcome.BLOCKED: "–", Outcome.BROKEN: "‼"}
# fmt: on
NOT_THERE = (Outcome.MISSING, Outcome.BLOCKED)
MAX_OUTPUT_LINES = 12
FILE_WIDTH = 110


def to_text(report: Report) -> str:
    """The report as plain text, for a file."""
    buffer = io.StringIO()
    write_text(report, Console(file=buffer, width=FILE_WIDTH, no_color=True, legacy_windows=False))
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def write_text(report: Report, console: Console) -> None:
    """Write one report, as its viewer may see it."""
    console.print(_heading(report))
    for note in report.notes:
        console.print(f"[yellow]note:[/] {escape(note)}")
    console.print(_loading(report.loading))
    console.print(_table(report))
    titles = {result.check: result.title for result in report.results}
    for result in report.results:
        if result.outcome is not Outcome.PASSED and result.outcome not in NOT_THERE:
            console.print(_block(result, titles))
    console.print()
    missing = [_line(result, titles) for result in report.results if result.outcome in NOT_THERE]
    if missing:
        console.print(Group(*missing, Text()))
    console.print(_ending(report))


def _heading(report: Report) -> Text:
    return Text.assemble((report.title, "bold"), f"  {report.submission} ({', '.join(report.sources)})")


def _ending(report: Report) -> RenderableType:
    lines = [Text(points_line(report), style="bold")]
    if report.viewer is Viewer.STAFF:
        lines.append(Text(f"seed {report.seed}; protection: {report.protection.says}", style="dim"))
    return Group(*lines)


def _loading(loading: Loading) -> RenderableType:
    parts: list[RenderableType] = [_failure(failure) for failure in loading.failures]
    if loading.skipped:
        shown = ", ".join(loading.skipped[:5]) + (", …" if len(loading.skipped) > 5 else "")
        parts.append(Text(f"skipped here: {shown}", style="dim"))
    if loading.output.strip() and loading.failures:
        parts.append(_quoted("it printed", loading.output))
    return Group(*parts)


def _failure(failure: CellFailure) -> RenderableType:
    says = Text.assemble(("while loading: ", "yellow"), failure.finding.says)
    if failure.finding.traceback is None:
        return says
    return Group(says, Padding(Text(failure.finding.traceback, style="dim"), (0, 0, 0, 4)))


def _table(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("")
    table.add_column("check", overflow="fold")
    table.add_column("outcome")
    table.add_column("points", justify="right")
    for result in report.results:
        style = STYLES[result.outcome]
        points = f"{format_points(result.earned)} / {format_points(result.points)}"
        if result.outcome is Outcome.BROKEN:
            points = f"? / {format_points(result.points)}"
        mark = MARKS.get(result.outcome, "✗")
        table.add_row(Text(mark, style), Text(result.title), Text(result.outcome, style), points)
    if report.withheld is not None:
        earned = report.withheld.earned
        points = f"{'?' if earned is None else format_points(earned)} / {format_points(report.withheld.points)}"
        table.add_row("", Text(f"{report.withheld.checks} hidden checks", "dim"), "", points)
    return table


def _line(result: Result, titles: Mapping[str, str]) -> RenderableType:
    """What is not written yet, in a line: there may be many."""
    parts = [result.finding.says if result.finding else None]
    if result.outcome is Outcome.BLOCKED:
        parts.append(f"it cannot run without {_named(result, titles)}")
        parts.append(f"points lost so: {format_points(result.points - result.earned)}")
    said = "; ".join(part for part in parts if part)
    return _beside((f"{result.outcome:<9}", STYLES[result.outcome]), Text.assemble((result.title, "bold"), f": {said}"))


def _named(result: Result, titles: Mapping[str, str]) -> str:
    return " and ".join(f"“{titles.get(name, name)}”" for name in result.because)


def _block(result: Result, titles: Mapping[str, str]) -> RenderableType:
    lines: list[RenderableType] = [
        Text.assemble((result.outcome, STYLES[result.outcome]), "  ", (result.title, "bold"))
    ]
    body = [*_finding(result.finding)] if result.finding else []
    if result.because:
        body.append(Text(f"{_named(result, titles)} failed too: look there first"))
    body += [Text(f"{format_points(award.points)} for: {award.reason}") for award in result.awards]
    if result.output.strip():
        body.append(_quoted("it printed", result.output))
    return Group(Text(), *lines, Padding(Group(*body), (0, 0, 0, 4)))


def _finding(finding: Finding) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(finding.says)]
    for label, text in (("expected", finding.expected), ("got", finding.got), ("where", finding.where)):
        if text is not None:
            parts.append(_beside((f"{label:<10}", "dim"), Text(text)))
    if finding.diagnosis is not None:
        parts.append(_beside(("hint      ", "cyan"), Text(finding.diagnosis.sentence)))
    if finding.traceback is not None:
        parts.append(Text(finding.traceback, style="dim"))
    return parts


def _beside(label: tuple[str, str], text: Text) -> RenderableType:
    """A label, and a text that keeps clear of it over several lines."""
    grid = Table.grid(padding=0)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(*label), text)
    return grid


def _quoted(label: str, text: str) -> RenderableType:
    lines = text.strip().splitlines()
    shown = lines[:MAX_OUTPUT_LINES] + (
        [f"… {len(lines) - MAX_OUTPUT_LINES} more lines"] if len(lines) > MAX_OUTPUT_LINES else []
    )
    return Group(Text(f"{label}:", "dim"), Padding(Text("\n".join(f"│ {line}" for line in shown), "dim"), (0, 0, 0, 2)))


def class_table(reports: Sequence[Report], unread: Iterable[tuple[str, str]] = ()) -> Table:
    """One line per submission, and per submission that could not be read."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("submission", "points", "of", "checks", "loading"):
        table.add_column(column, justify="right" if column in ("points", "of") else "left", overflow="fold")
    for report in reports:
        score = "not marked" if report.earned is None else format_points(report.earned)
        style = "" if report.loading.outcome is Outcome.PASSED else STYLES[report.loading.outcome]
        loading = "" if report.loading.outcome is Outcome.PASSED else report.loading.failures[0].finding.says
        table.add_row(
            Text(report.submission), score, format_points(report.points), _outcomes(report), Text(loading, style)
        )
    for name, why in unread:
        table.add_row(Text(name), Text("not graded", "bold red"), "", "", Text(why, "red"))
    return table


def _outcomes(report: Report) -> Text:
    counts = Counter(result.outcome for result in report.results)
    parts = [(f"{counts[outcome]} {outcome}", STYLES[outcome]) for outcome in Outcome if counts[outcome]]
    return Text(", ").join(Text(*part) for part in parts)
