"""A report for the terminal, or as plain text: a table, then what there is to say of what was not passed."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.text import Text

from grader.model import Outcome, Report, Result, Viewer, format_points
from grader.reports.blocks import failure_block, failure_body, loading_parts, not_there_lines
from grader.reports.marks import MARKS, STYLES, Columns, count
from grader.reports.terminal import tidy
from grader.reports.view import NOT_THERE, points_line

FILE_WIDTH = 110


def to_text(report: Report) -> str:
    """The report as plain text, for a file."""
    return _plain(lambda console: write_text(report, console))


def failure_text(report: Report, check: str) -> str:
    """What the report says of one check that was not passed, as plain text: first its title and the outcome."""
    result = next(result for result in report.results if result.check == check)
    body = failure_body(result, {result.check: result.title for result in report.results})
    if result.outcome in NOT_THERE:  # perhaps since loading did not come to it
        body += loading_parts(report)
    return _plain(lambda console: console.print(Text(f"{result.title}: {result.outcome}"), *body, sep="\n")).rstrip()


def summary_text(report: Report) -> str:
    """What concerns no check by itself, as plain text: how loading went, and the score."""
    return _plain(lambda console: console.print(*_before(report), Text(points_line(report)), sep="\n")).rstrip()


def _plain(write: Callable[[Console], None]) -> str:
    console = Console(file=io.StringIO(), width=FILE_WIDTH, color_system=None, legacy_windows=False)
    with console.capture() as captured:
        write(console)
    return tidy(captured.get())


def write_text(report: Report, console: Console) -> None:
    """Write one report, as its viewer may see it."""
    titles = {result.check: result.title for result in report.results}
    console.print(Group(_heading(report), Text()))
    before = _before(report)
    if before:
        console.print(Group(*before, Text()))
    console.print(_table(report))
    for result in report.results:
        if result.outcome is not Outcome.PASSED and result.outcome not in NOT_THERE:
            console.print(Group(Text(), failure_block(result, titles)))
    missing = not_there_lines(report.results)
    if missing:
        console.print(Group(Text(), *missing))
    console.print(Group(Text(), *_ending(report, titles)))


def _heading(report: Report) -> Text:
    return Text.assemble((report.title, "bold"), f"  {report.submission} ({', '.join(report.sources)})")


def _before(report: Report) -> list[RenderableType]:
    notes = [Text.from_markup(f"[yellow]note:[/] {escape(note)}") for note in report.notes]
    return [*notes, *loading_parts(report)]


def _table(report: Report) -> Columns:
    rows = [_row(result) for result in report.results]
    if report.withheld is not None:
        earned = report.withheld.earned
        points = f"{'?' if earned is None else format_points(earned)} / {format_points(report.withheld.points)}"
        rows.append((Text(), Text(count(report.withheld.checks, "hidden check"), "dim"), Text(), Text(points)))
    return Columns(tuple(rows), ("", "check", "outcome", "points"))


def _row(result: Result) -> tuple[Text, Text, Text, Text]:
    style = STYLES[result.outcome]
    points = f"{format_points(result.earned)} / {format_points(result.points)}"
    if result.outcome is Outcome.BROKEN:
        points = f"? / {format_points(result.points)}"
    return Text(MARKS.get(result.outcome, "✗"), style), Text(result.title), Text(result.outcome, style), Text(points)


def _ending(report: Report, titles: Mapping[str, str]) -> list[Text]:
    lines = [Text(points_line(report), style="bold")]
    if report.viewer is Viewer.STAFF:
        if report.repeated:
            lines.append(Text(_repeated(report, titles), style="dim"))
        lines.append(Text(f"seed {report.seed}; protection: {report.protection.says}", style="dim"))
    return lines


def _repeated(report: Report, titles: Mapping[str, str]) -> str:
    """Which checks were run twice, and why. After a hang while loading it is all of them."""
    if set(report.repeated) >= set(titles):
        return "every check was run twice, since something had timed out or died"
    named = ", ".join(f"“{titles.get(name, name)}”" for name in report.repeated)
    had = "it had" if len(report.repeated) == 1 else "they had"
    return f"run twice, since {had} timed out or died: {named}"
