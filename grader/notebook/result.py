"""What a check in a notebook shows: text in a terminal, a table and plots where there is a page."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model import BadInput, Outcome, Report
from grader.notebook.page import page
from grader.reports import to_text, worth_repeating


class NotChecked(BadInput):
    """Nothing could be checked; the message is one sentence that says what to do."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        return [f"NotChecked: {self}"]


@dataclass(frozen=True, slots=True, repr=False)
class Checked:
    """What came of one check of a notebook, as its student may see it."""

    report: Report | None = None  # None: it was stopped before anything had been checked
    notes: tuple[str, ...] = ()  # where session, order of cells and saved file differ
    cells: tuple[str, ...] = ()  # which ones the report means by their places
    words: str | None = None  # that chose the checks
    seed: int | None = None  # with which `check(seed=...)` draws the same inputs
    left: int = 0  # checks for which no time was left
    of: int = 0  # public checks of the assignment

    @property
    def passed(self) -> bool:
        """Whether all cells ran, and every check that was asked for was run and passed."""
        if self.report is None or self.left or not self.report.final:
            return False
        outcomes = [self.report.loading.outcome, *(result.outcome for result in self.report.results)]
        return all(outcome is Outcome.PASSED for outcome in outcomes)

    @property
    def foot(self) -> tuple[str, ...]:
        """What is said at the end."""
        if self.report is None:
            return ()
        ran, lines = len(self.report.results), [*self.cells]
        if ran < self.of:
            lines.append(f"{ran} of {self.of} public checks were run")
        if worth_repeating(self.report):
            words = "" if self.words is None else f"{self.words!r}, "
            lines.append(f"repeat with the same inputs: notebook.check({words}seed={self.seed})")
        return tuple(lines)

    def __repr__(self) -> str:
        notes = "".join(f"note: {note}\n" for note in self.notes)
        text = to_text(self.report) if self.report else ""
        return "\n".join(part for part in (notes, text + "\n".join(self.foot)) if part.strip()).rstrip("\n")

    def _repr_html_(self) -> str:
        """The same as a part of a page."""
        return page(self.report, self.notes, self.foot)
