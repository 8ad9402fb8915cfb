"""What many tests need: assignments and submissions made from a few lines."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader import check
from grader.engine import Oracle, Scope, from_texts, grade, grade_settled
from grader.model import (
    Assignment,
    Check,
    Feedback,
    Limits,
    Manifest,
    NoAnswer,
    Report,
    Result,
    Source,
    Submission,
    Visibility,
)
from grader.reports import to_json
from grader.sandbox import Cargo, Guest, Launcher

ROOT = Path(__file__).resolve().parents[1]
LIMITS = Limits(wall_seconds=5.0, cpu_seconds=10.0, load_seconds=10.0, cell_seconds=10.0)
SHORT = replace(LIMITS, wall_seconds=1.0, cpu_seconds=5.0, load_seconds=2.0, cell_seconds=1.5)


def module(text: str, name: str = "work") -> Submission:
    """A module as a submission."""
    return from_texts(name, {f"{name}.py": textwrap.dedent(text)})


def notebook(*cells: str, name: str = "work", imports: Sequence[str] = ()) -> Submission:
    """A notebook as a submission."""
    source = Source(name=f"{name}.ipynb", cells=tuple(textwrap.dedent(cell) for cell in cells), notebook=True)
    return Submission(name=name, sources=(source,), files={}, digest="0" * 64, imports=frozenset(imports))


def assignment(
    *checks: Check, solution: str | None = None, probe: str | None = None, limits: Limits = LIMITS, **manifest: Any
) -> Assignment:
    """An assignment that lies in no folder."""
    said = Manifest(
        name="small",
        title="A small assignment",
        files=("work.py", "work.ipynb"),
        packages=("numpy",),
        limits=limits,
        feedback_before_due=Feedback.HINT,
        feedback_after_due=Feedback.FULL,
        due=None,
        visibility=Visibility.VISIBLE,
        conventions={},
    )
    return Assignment(
        manifest=replace(said, **manifest),
        folder=Path("small"),
        digest="1" * 64,
        checks=checks,
        probe=textwrap.dedent(probe) if probe else None,
        solution=textwrap.dedent(solution) if solution else None,
    )


def one_check(body: Callable[[Any, Any], object], name: str = "asked", **declared: Any) -> Check:
    """A check around `body`, with a title."""
    body.__name__ = name
    body.__doc__ = body.__doc__ or f"The check called {name}."
    return check(**{"points": 1, **declared})(body)


def judged(
    launcher: Launcher, body: Callable[[Any, Any], object], code: str | Submission, *, seed: int = 1, **kwargs: Any
) -> Result:
    """The result of one check on one submission."""
    submission = module(code) if isinstance(code, str) else code
    return graded(launcher, [one_check(body)], submission, seed=seed, **kwargs).results[0]


def graded(
    launcher: Launcher,
    checks: Sequence[Check],
    submission: Submission | str,
    *,
    seed: int = 1,
    scope: Scope = Scope.ALL,
    settle: bool = False,
    **kwargs: Any,
) -> Report:
    """The report of some checks on one submission."""
    work = module(submission) if isinstance(submission, str) else submission
    given = assignment(*checks, **kwargs)
    if settle:
        return grade_settled(given, work, launcher, seed=seed, scope=scope)
    with Oracle(given, launcher) as oracle:
        return grade(given, work, launcher, seed=seed, scope=scope, oracle=oracle)


@contextmanager
def loaded(launcher: Launcher, work: str | Submission, limits: Limits = LIMITS, **cargo: Any) -> Iterator[Guest]:
    """A guest with the work loaded."""
    submission = module(work) if isinstance(work, str) else work
    guest = Guest(launcher, Cargo(submission=submission, limits=limits, **cargo))
    try:
        yield guest
    finally:
        guest.close()


def call(guest: Guest, name: str, *args: object, limits: Limits = LIMITS, **options: object) -> Any:
    """One call in a check of its own."""
    with guest.check(limits) as child:
        return child.call(name, args, {}, options)


def no_answer(guest: Guest, name: str, *args: object, limits: Limits = LIMITS, **options: object) -> NoAnswer:
    """Why such a call brings nothing back."""
    with pytest.raises(NoAnswer) as caught:
        call(guest, name, *args, limits=limits, **options)
    return caught.value


def write_assignment(folder: Path, *, checks: str, solution: str = "", toml: str = "", **files: str) -> Path:
    """An assignment's folder on disk; `files` are more of them, `mutants__sign=...` is mutants/sign.py."""
    folder.mkdir(parents=True, exist_ok=True)
    head = 'title = "Written for a test"\nfiles = ["work.py", "work.ipynb"]\n'
    (folder / "assignment.toml").write_text(head + textwrap.dedent(toml), encoding="utf-8")
    (folder / "checks.py").write_text(textwrap.dedent(checks), encoding="utf-8")
    if solution:
        (folder / "solution.py").write_text(textwrap.dedent(solution), encoding="utf-8")
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


def without_times(report: Report) -> str:
    """A report's JSON but for what differs from run to run."""
    return re.sub(r'"(seconds|started|cpu_seconds|memory_mb)": [^,\n]+', "", to_json(report).decode())
