"""`notebook.check()`: the public checks on what this session has, and what is kept between two of them."""

from __future__ import annotations

import secrets
import time
import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from grader.assignment import load, read_manifest
from grader.model import BadInput, CellFailure, Manifest, Report
from grader.notebook.compare import differences
from grader.notebook.document import Cell, document, needed
from grader.notebook.find import asked_for, assignment_folder, saved_file
from grader.notebook.kept import Kept
from grader.notebook.match import matching
from grader.notebook.result import Checked, NotChecked
from grader.notebook.session import Session, this_session
from grader.reports import seen_by, viewer_at
from grader.sandbox import GuestLost
from grader.submission import read_submission

SECONDS = 180.0  # about as long as anybody waits for an answer

_kept = Kept()  # a session has one notebook


def check(
    words: str | None = None,
    *,
    assignment: str | None = None,
    file: str | Path | None = None,
    seed: int | None = None,
    seconds: float = SECONDS,
    afresh: bool = False,
) -> Checked:
    """Check what this notebook defines, now, on fresh random inputs.

    Args:
        words: Which checks, as in "affine backward": those in whose name or title every word begins one. By default
            all public ones.
        assignment: Its name or folder, where the current folder does not tell.
        file: The notebook's file, where the assignment's file names do not tell.
        seed: Of the inputs, to have those of an earlier check again.
        seconds: After how long no further cell or check is begun.
        afresh: Run every cell again, also those that have not changed and those that hung before.

    Raises:
        NotChecked: There is no such assignment, file or check, or no process can be started.
    """
    until = time.monotonic() + seconds
    try:
        with _as_python_starts(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _check(words, assignment, Path(file) if file else None, seed, until, afresh)
    except BadInput as error:
        raise NotChecked(str(error)) from None
    except GuestLost as error:
        _kept.close()
        raise NotChecked(f"this machine cannot start the process for your code: {error}") from None
    except KeyboardInterrupt:
        _kept.close()
        return Checked(notes=("stopped: nothing was checked",))
    except BaseException:
        _kept.close()
        raise


def _as_python_starts() -> np.errstate:
    """The session may have told NumPy to raise what our own arithmetic expects."""
    return np.errstate(divide="warn", over="warn", under="ignore", invalid="warn")


def _check(
    words: str | None, name: str | None, file: Path | None, seed: int | None, until: float, afresh: bool
) -> Checked:
    folder = assignment_folder(name, file)
    given = load(folder, read_manifest(folder))
    public = [one for one in given.checks if one.public]
    checks = matching(public, words)
    session = this_session()
    saved = saved_file(given.manifest, file, session.front_end if session else {})
    if session is None and saved is None:
        raise BadInput(f"there is no notebook here: run this in one, or save it as {' or '.join(given.manifest.files)}")
    cells = document(_cells(saved, given.manifest), session or Session())
    defined = frozenset[str]().union(*(cell.names.defines for cell in cells))
    asked = asked_for(given, session.data - defined if session else ())
    kept = needed(cells, asked)
    if afresh:
        _kept.forget()
    drawn = secrets.randbits(64) if seed is None else seed
    live, avoided = _kept.live(given, kept, saved, seed=drawn, exact=seed is not None, until=until)
    done = live.check(checks, seed=drawn, until=until)
    if done.stopped:
        _kept.close()
    report = seen_by(_with(done.report, avoided), viewer_at(done.report, datetime.now(UTC)))
    notes = list(differences(cells, kept, saved.name if saved else None, asked))
    if done.left:
        why = "stopped" if done.stopped else "the time is up (seconds= gives more)"
        notes.append(
            f"{why}: not run {'was' if len(done.left) == 1 else 'were'} {', '.join(c.name for c in done.left)}"
        )
    return Checked(
        report=report,
        notes=tuple(notes),
        cells=_named(report, kept),
        words=words,
        seed=drawn,
        left=len(done.left),
        of=len(public),
    )


def _cells(saved: Path | None, manifest: Manifest) -> tuple[str, ...] | None:
    if saved is None:
        return None
    return read_submission(saved, manifest.files).sources[0].cells


def _with(report: Report, avoided: Sequence[CellFailure]) -> Report:
    """With the cells that were not tried again; without this very call, which the guest has skipped."""
    loading = report.loading
    failures = (*avoided, *loading.failures)
    outcome = failures[0].outcome if failures else loading.outcome
    skipped = tuple(line for line in loading.skipped if line != "notebook.check()")
    return replace(report, loading=replace(loading, failures=failures, outcome=outcome, skipped=skipped))


def _named(report: Report, kept: Sequence[Cell]) -> tuple[str, ...]:
    """Which cells the report means by their places in the notebook."""
    texts = [failure.where for failure in report.loading.failures]
    found = [result.finding for result in report.results if result.finding]
    found += [failure.finding for failure in report.loading.failures]
    texts += [line for finding in found for line in (finding.traceback or "").splitlines()]
    told = []
    for place, cell in enumerate(kept, 1):
        label = f"cell {place}"
        if any(text.strip() == label or text.strip().startswith(f"{label},") for text in texts):
            number = f"run as [{cell.number}]" if cell.number else "not run in this session"
            told.append(f"{label} is the one that begins with `{cell.first_line}`, {number}")
    return tuple(told)
