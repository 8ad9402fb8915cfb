"""A report as a part of a notebook's page: a table, what there is to say of each check, and plots.

It takes the colours of the page around it, light or dark, and everything in it is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from grader.model import Evidence, Finding, Outcome, Report, Result, format_points
from grader.notebook.plot import plot
from grader.reports import points_line
from grader.reports.marks import MARKS

# White on each of these can be read, and each can be told from a light page and from a dark one.
# fmt: off
COLOURS = {
    Outcome.PASSED:  "#1a7f37",
    Outcome.FAILED:  "#b42318", Outcome.RAISED:  "#b42318",
    Outcome.MISSING: "#7a5900", Outcome.BLOCKED: "#7a5900", Outcome.OUTDATED: "#7a5900",
    Outcome.TIMEOUT: "#7a2e8e", Outcome.CRASHED: "#7a2e8e", Outcome.REFUSED:  "#7a2e8e",
    Outcome.BROKEN:  "#b42318",
}
# fmt: on
LINE = "border-top:1px solid rgba(128,128,128,.4)"
CELL = f'style="padding:.3em .6em;text-align:left;vertical-align:top;{LINE}"'
RIGHT = f'style="padding:.3em .6em;text-align:right;vertical-align:top;white-space:nowrap;{LINE}"'
PLAIN = "white-space:pre-wrap;overflow-wrap:anywhere;color:inherit;background:none"
PRE = f'style="margin:.2em 0;{PLAIN}"'
INDENTED = f'style="margin:.1em 0 .3em 1em;{PLAIN}"'
MAX_OUTPUT = 2000
MAX_PLOTS = 4  # of one check


def page(report: Report | None, notes: Sequence[str], foot: Sequence[str]) -> str:
    """The HTML of a report with what is said before and after it."""
    parts = [_paragraph(f"<b>⚠ note:</b> {escape(note)}") for note in notes]
    if report is not None:
        parts = [f"<p style='margin:.4em 0'><b>{escape(report.title)}</b> {escape(report.submission)}</p>", *parts]
        parts += [_paragraph(f"<b>note:</b> {escape(note)}") for note in report.notes]
        parts += _loading(report)
        parts += [_table(report), _paragraph(f"<b>{escape(points_line(report))}</b>")]
    parts += [_paragraph(escape(line)) for line in foot]
    return f'<div class="gradgrader" style="color:inherit;max-width:60em">{"".join(parts)}</div>'


def _paragraph(html: str) -> str:
    return f'<p style="margin:.4em 0">{html}</p>'


def _loading(report: Report) -> list[str]:
    parts = []
    for failure in report.loading.failures:
        trace = f"<pre {PRE}>{escape(failure.finding.traceback)}</pre>" if failure.finding.traceback else ""
        parts.append(_paragraph(f"<b>⚠ while loading:</b> {escape(failure.finding.says)}") + trace)
    if parts:
        parts.append(_paragraph("the other cells ran, and what they defined was checked"))
    if skipped := report.loading.skipped:
        parts.append(_paragraph(f"skipped here: {escape(', '.join(skipped[:5]))}{', …' if len(skipped) > 5 else ''}"))
    return parts


def _table(report: Report) -> str:
    titles = {result.check: result.title for result in report.results}
    rows = "".join(_row(result, titles) for result in report.results)
    head = f'<tr><th {CELL} scope="col">outcome</th><th {CELL} scope="col">check</th>'
    head += f'<th {RIGHT} scope="col">points</th></tr>'
    style = "border-collapse:collapse;width:100%;color:inherit"
    return f'<table style="{style}"><thead>{head}</thead><tbody>{rows}</tbody></table>'


def _row(result: Result, titles: Mapping[str, str]) -> str:
    earned = "?" if result.outcome is Outcome.BROKEN else format_points(result.earned)
    badge = (
        f'<span style="background:{COLOURS[result.outcome]};color:#fff;border-radius:.3em;padding:.1em .45em;'
        f'white-space:nowrap">{MARKS.get(result.outcome, "✗")} {escape(result.outcome)}</span>'
    )
    says = f"{escape(result.title)}{_details(result, titles)}"
    points = f"{earned} / {format_points(result.points)}"
    return f"<tr><td {CELL}>{badge}</td><td {CELL}>{says}</td><td {RIGHT}>{points}</td></tr>"


def _details(result: Result, titles: Mapping[str, str]) -> str:
    parts: list[str] = []
    if result.outcome is not Outcome.PASSED:
        parts += _finding(result.finding) if result.finding else []
        if result.because and not (result.finding and result.finding.diagnosis):
            named = " and ".join(f"“{titles.get(name, name)}”" for name in result.because)
            parts.append(_paragraph(escape(f"{named} failed too: look there first")))
        parts += [_paragraph(escape(f"{format_points(one.points)}: {one.reason}")) for one in result.awards]
        if printed := result.output.strip():
            parts.append(
                f"<details><summary>it printed</summary><pre {PRE}>{escape(printed[:MAX_OUTPUT])}</pre></details>"
            )
    return "".join(parts + _evidence(result.evidence, shown=result.outcome is not Outcome.PASSED))


def _finding(finding: Finding) -> list[str]:
    parts = [_paragraph(escape(finding.says))]
    for label, text in (("expected", finding.expected), ("got", finding.got), ("where", finding.where)):
        if text is not None:
            parts.append(f'<div style="opacity:.8">{label}</div><pre {INDENTED}>{escape(text)}</pre>')
    if finding.diagnosis is not None:
        parts.append(_paragraph(f"<b>hint</b> {escape(finding.diagnosis.sentence)}"))
    if finding.traceback:
        parts.append(f"<pre {PRE}>{escape(finding.traceback)}</pre>")
    return parts


def _evidence(evidence: Mapping[str, Evidence], *, shown: bool) -> list[str]:
    """Numbers in words, series as plots; `shown` without being asked for."""
    numbers = [f"{name}: {value:.3g}" for name, value in evidence.items() if isinstance(value, float | int)]
    series = [(name, value) for name, value in evidence.items() if isinstance(value, list) and value]
    parts = [_paragraph(escape("; ".join(numbers)))] if numbers else []
    parts += [plot(name, value) for name, value in series[:MAX_PLOTS] if not isinstance(value[0], list) or value[0]]
    if len(series) > MAX_PLOTS:
        parts.append(_paragraph(f"{len(series) - MAX_PLOTS} more series are in .report"))
    return [f"<details{' open' * shown}><summary>measured</summary>{''.join(parts)}</details>"] if parts else []
