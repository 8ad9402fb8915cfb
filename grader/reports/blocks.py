"""What a report says beside its table: how loading went, one block per failure, and what is not there yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from grader.model import CellFailure, Finding, Loading, Outcome, Report, Result, format_points
from grader.reports.marks import STYLES, beside, count, points_in_words
from grader.reports.view import NOT_THERE

MAX_OUTPUT_LINES = 12
UNREADABLE = ("SyntaxError", "IndentationError", "TabError")
NOBODY_ANSWERS = "`input()` has nobody to answer it here: give the value in the code"


# --------------------------------------------------------------------------------------------------------- loading


def loading_parts(report: Report) -> list[RenderableType]:
    """How loading went, as far as that is worth saying."""
    loading, hidden = report.loading, report.hidden_loading
    parts = [_failure(failure, "while loading: ") for failure in loading.failures]
    if loading.failures:
        parts.append(Text(_what_was_graded(report)))
        if loading.output.strip():
            parts.append(_quoted("it printed", loading.output))
    if hidden is not None and hidden.failures != loading.failures:
        parts += _hidden_parts(hidden)
    if loading.skipped:
        shown = ", ".join(loading.skipped[:5]) + (", …" if len(loading.skipped) > 5 else "")
        parts.append(Text(f"skipped here: {shown}", style="dim"))
    return parts


def _hidden_parts(hidden: Loading) -> list[RenderableType]:
    where = "in the hidden checks' guest: "
    if not hidden.failures:
        return [beside((where, "yellow"), Text("it loaded to its end"))]
    return [_failure(failure, where) for failure in hidden.failures]


def _failure(failure: CellFailure, label: str) -> RenderableType:
    head = beside((label, "yellow"), Text(failure.finding.says))
    return Group(head, Padding(Group(*_traceback(failure.finding)), (0, 0, 0, 4)))


def _what_was_graded(report: Report) -> str:
    """A notebook's next cells run; a module ends at its first failure."""
    first = report.loading.failures[0].where
    if first.startswith("cell "):
        return "the other cells ran, and what they defined was graded"
    if all(result.outcome in NOT_THERE for result in report.results):
        if report.loading.failures[0].finding.says.endswith(UNREADABLE):
            return "Python cannot read the file as it is, so nothing in it was graded"
        return f"nothing that is asked for was defined before {first}"
    return f"what was defined before {first} was graded"


# ------------------------------------------------------------------------------------------------------- a failure


def failure_block(result: Result, titles: Mapping[str, str]) -> RenderableType:
    """One check that was not passed."""
    head = Text.assemble((result.outcome, STYLES[result.outcome]), "  ", (result.title, "bold"))
    return Group(head, Padding(Group(*failure_body(result, titles)), (0, 0, 0, 4)))


def failure_body(result: Result, titles: Mapping[str, str]) -> list[RenderableType]:
    """What there is to say of it, below its title."""
    body = [*_finding(result.finding)] if result.finding else []
    if result.because and not (result.finding and result.finding.diagnosis):
        named = " and ".join(f"“{titles.get(name, name)}”" for name in result.because)
        body.append(Text(f"{named} failed too: look there first"))
    of = points_in_words(result.points)
    body += [Text(f"{format_points(award.points)} of {of}: {award.reason}") for award in result.awards]
    if result.output.strip():
        body.append(_quoted("it printed", result.output))
    return body


def _finding(finding: Finding) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(finding.says)]
    for label, text in (("expected", finding.expected), ("got", finding.got), ("where", finding.where)):
        if text is not None:
            parts.append(beside((f"{label:<10}", "dim"), Text(text)))
    if finding.diagnosis is not None:
        parts.append(_hint(finding.diagnosis.sentence))
    return parts + _traceback(finding)


def _traceback(finding: Finding) -> list[RenderableType]:
    if finding.traceback is None:
        return []
    parts: list[RenderableType] = [Text(finding.traceback, style="dim")]
    if finding.traceback.rstrip().rpartition("\n")[2].startswith("EOFError"):
        parts.append(_hint(NOBODY_ANSWERS))
    return parts


def _hint(sentence: str) -> RenderableType:
    return beside(("hint      ", "cyan"), Text(sentence))


def _quoted(label: str, text: str) -> RenderableType:
    lines = text.strip().splitlines()
    more = len(lines) - MAX_OUTPUT_LINES
    shown = lines[:MAX_OUTPUT_LINES] + ([f"… {count(more, 'more line')}"] if more > 0 else [])
    return Group(Text(f"{label}:", "dim"), Padding(Text("\n".join(f"│ {line}" for line in shown), "dim"), (0, 0, 0, 2)))


# ------------------------------------------------------------------------------------------------ not there yet


def not_there_lines(results: Iterable[Result]) -> list[RenderableType]:
    """A line per function that is not there yet: one may cost many checks."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        if result.outcome in NOT_THERE:
            groups.setdefault(result.missing or result.title, []).append(result)
    return [_not_there_line(name, group) for name, group in groups.items()]


def _not_there_line(name: str, group: Sequence[Result]) -> RenderableType:
    missing = [result for result in group if result.outcome is Outcome.MISSING]
    blocked = [result for result in group if result.outcome is Outcome.BLOCKED]
    says = next((result.finding.says for result in group if result.finding), f"`{name}` is missing")
    parts = []
    if missing:
        parts.append(f"{count(len(missing), 'check')}, {points_in_words(_lost(missing))}")
    if blocked:
        checks = count(len(blocked), "more check" if missing else "check")
        parts.append(f"{checks} cannot run without it: {points_in_words(_lost(blocked))} lost so")
    outcome = Outcome.MISSING if missing else Outcome.BLOCKED
    return beside((f"{outcome:<9}", STYLES[outcome]), Text(f"{says}: {'; '.join(parts)}"))


def _lost(results: Iterable[Result]) -> Fraction:
    return sum((result.points - result.earned for result in results), Fraction(0))
