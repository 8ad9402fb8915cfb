"""The two things that meet in a grading: an assignment and a submission."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from grader.model.outcome import Feedback, Visibility

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a guest may use. Seconds and MiB; wall time, CPU time and replies count per check."""

    wall_seconds: float = 5.0
    cpu_seconds: float = 10.0
    memory_mb: int = 1024
    reply_mb: int = 64
    disk_mb: int = 32
    load_seconds: float = 20.0  # to import a module
    cell_seconds: float = 20.0  # for one cell of a notebook
    notebook_seconds: float = 300.0  # for all its cells together

    def within(self, seconds: float | None) -> Limits:
        """The same limits with another wall time for a check, and twice that of CPU time."""
        return self if seconds is None else replace(self, wall_seconds=seconds, cpu_seconds=2 * seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of an assignment, as its author declared it."""

    name: str
    title: str
    points: Fraction
    function: Callable[..., object] = field(repr=False, compare=False)
    visibility: Visibility = Visibility.VISIBLE
    inherits_visibility: bool = False  # the author said nothing: the manifest decides
    needs: tuple[str, ...] = ()
    dims: Any = field(default=None, repr=False, compare=False)  # a reference.layout.Dims
    seconds: float | None = None  # of wall time, where the assignment's limit does not fit
    line: int = 0

    @property
    def public(self) -> bool:
        """Whether students have the check itself, to run as often as they like."""
        return self.visibility is Visibility.VISIBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Python text that runs in the guest: a module (one cell), or the code cells of a notebook."""

    name: str
    cells: tuple[str, ...] = field(repr=False)
    notebook: bool = False
    module: str = ""  # the dotted name by which other files import it, where the assignment gives it one


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a student handed in: read, never imported.

    `sources` run one after another: those with a `module` name each as that module, the others in one namespace (a
    mutant is a solution and then the functions that differ). `files` lie beside them in the guest's working folder.
    """

    name: str
    sources: tuple[Source, ...]
    files: Mapping[str, bytes] = field(repr=False)
    digest: str
    imports: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def notebook(self) -> bool:
        """Whether cells have to be run, which takes IPython."""
        return any(source.notebook for source in self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What `assignment.toml` says."""

    name: str
    title: str
    files: tuple[str, ...]
    packages: tuple[str, ...]
    limits: Limits
    feedback_before_due: Feedback
    feedback_after_due: Feedback
    due: str | None
    visibility: Visibility
    conventions: Mapping[str, str | int | float | bool]
    modules: Mapping[str, str] = field(default_factory=dict)  # file name to the dotted name that others import it by
    legacy: bool = False  # whether Python 2 and NumPy 1 are helped along
    hidden_checks: int = 0  # of a student's kit: how many checks it does not hold
    hidden_points: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One assignment, loaded and found to be sound."""

    manifest: Manifest
    folder: Path
    digest: str
    checks: tuple[Check, ...]
    probe: str | None = field(default=None, repr=False)
    stubs: Mapping[str, str] = field(default_factory=dict, repr=False)  # dotted name to the text of a course's module
    solution: str | None = field(default=None, repr=False)  # a student's kit has none

    @property
    def name(self) -> str:
        """The folder's name, by which commands call it."""
        return self.manifest.name

    @property
    def points(self) -> Fraction:
        """The points of all checks."""
        return sum((check.points for check in self.checks), Fraction(0))

    def check(self, name: str) -> Check:
        """The check of that name."""
        return next(check for check in self.checks if check.name == name)
