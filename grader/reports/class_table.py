"""The table of a class, and below it what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.model import Loading, Outcome, Report, format_points
from grader.reports.marks import STYLES, count

NAME_WIDTH = 24  # of the longest line of a folded name
COLUMN_WIDTH = 10  # at the least: a word to a line
SEPARATORS = "_-. "


def class_table(reports: Iterable[Report], unread: Iterable[tuple[str, str]] = ()) -> RenderableType:
    """One line per submission by name, then what could not be read, (name, why), and which checks are broken."""
    parts: list[RenderableType] = []
    graded = sorted(reports, key=lambda report: _by_name(report.submission))
    refused = sorted(unread, key=lambda one: _by_name(one[0]))
    if graded:
        parts.append(_table(graded))
    if graded and refused:
        parts.append(Text())
    if refused:
        how = "is" if len(refused) == 1 else "are"
        head = f"{count(len(refused), 'submission')} could not be read and {how} not graded:"
        parts.append(Text(head, "bold red"))
        parts += [Padding(Text(f"{name}: {why}", "red"), (0, 0, 0, 2)) for name, why in refused]
    broken = Counter(result.check for report in graded for result in report.results if result.outcome is Outcome.BROKEN)
    if broken:
        how = "check is" if len(broken) == 1 else "checks are"
        says = f"{len(broken)} {how} broken, a fault of the course's or ours: the staff reports say how"
        parts += [Text(), Text(says, "bold red")]
        parts += [Text(f"  {name}: in {count(broken[name], 'submission')}", "red") for name in sorted(broken)]
    return Group(*parts)


def _by_name(name: str) -> tuple[str, str]:
    return name.casefold(), name


def _table(reports: Iterable[Report]) -> Table:
    names = {report.submission: _folded(report.submission) for report in reports}
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("submission", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("of", justify="right", no_wrap=True)
    table.add_column("checks", overflow="fold", min_width=COLUMN_WIDTH)
    table.add_column("loading", overflow="fold", min_width=COLUMN_WIDTH)
    for report in reports:
        score = Text("not marked", "bold red") if report.earned is None else Text(format_points(report.earned))
        name = Text(names[report.submission])
        table.add_row(name, score, format_points(report.points), _outcomes(report), _loading(report.loading))
    return table


def _folded(name: str) -> str:
    """A long name over several lines, each ended at a separator where there is one."""
    lines = []
    while len(name) > NAME_WIDTH:
        end = max(name.rfind(separator, 1, NAME_WIDTH) for separator in SEPARATORS) + 1 or NAME_WIDTH
        lines.append(name[:end])
        name = name[end:]
    return "\n".join([*lines, name])


def _loading(loading: Loading) -> Text:
    if not loading.failures:
        return Text()
    more = f", +{len(loading.failures) - 1} more" if len(loading.failures) > 1 else ""
    return Text(loading.failures[0].finding.says + more, STYLES[loading.outcome])


def _outcomes(report: Report) -> Text:
    counts = Counter(result.outcome for result in report.results)
    parts = [(f"{counts[outcome]} {outcome}", STYLES[outcome]) for outcome in Outcome if counts[outcome]]
    return Text(", ").join(Text(*part) for part in parts)
