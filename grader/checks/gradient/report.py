"""What a gradient check comes to: plain frozen values, to print, to store and to plot."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from grader.model import Diagnosis, Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COARSE = 1e-3  # a resolution above this one is worth a word

# fmt: off
CODES = {
    "wrong-count":        "not one gradient per parameter",
    "wrong-shape":        "a gradient does not have the shape of its parameter",
    "not-numbers":        "a gradient, or the function's value, is not an array of numbers",
    "not-finite":         "a gradient, or the function's value, is NaN, infinite or complex",
    "not-scalar":         "the function's value is an array, though no upstream gradient is passed",
    "changing-shape":     "the function's value changes its shape",
    "not-repeatable":     "a second call with the same arguments gives something else",
    "not-zeroed":         "each call adds the same amount to the gradient of the call before",
    "input-modified":     "the gradient function changes its inputs in place",
    "upstream-modified":  "the gradient function changes the upstream gradient in place",
    "not-linear":         "the gradient is not linear in the upstream gradient",
    "float32-differs":    "the gradient in float32 is not that in float64",
    "wrong-value":        "a gradient does not agree with differences of the function",
    "wrong-at-kink":      "at a kink, a gradient lies outside the one-sided derivatives",
    "wrong-elsewhere":    "right at the point given, wrong at another one",
    "too-coarse":         "rounding hides the derivative: nothing can be judged",
    "not-finite-nearby":  "the function has no finite values around the point: nothing can be judged",
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a gradient is not accepted: a code from `CODES` and a sentence, in which there is no value."""

    code: str
    says: str
    array: str | None = None
    expected: str | None = None
    got: str | None = None
    where: str | None = None

    @classmethod
    def of(cls, code: str, finding: Finding, array: str | None = None) -> Reason:
        """With the words of a finding."""
        return cls(code, finding.says, array, finding.expected, finding.got, finding.where)


@dataclass(frozen=True, slots=True)
class ArrayReport:
    """What was seen of one gradient. `error` and `resolution` are relative to the gradient along a direction.

    `resolution` is the smallest error that is sure to have been seen (allow a factor of 4); None where the gradient is
    zero, or nothing was compared. `wrong` are the coordinates found wrong, as far as they were looked for; `errors` the
    errors by coordinate, flat, where all were measured.
    """

    name: str
    shape: tuple[int, ...]
    passed: bool
    error: float = 0.0
    resolution: float | None = None
    wrong: tuple[tuple[int, ...], ...] = ()
    errors: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Worst:
    """The coordinate that is furthest off, as far as coordinates were measured."""

    array: str
    index: tuple[int, ...]
    expected: float
    got: float


@dataclass(frozen=True, slots=True)
class GradientReport:
    """Whether the gradients are right, and what was seen. `resolution` is the coarsest of the arrays'."""

    passed: bool
    reasons: tuple[Reason, ...] = ()
    diagnosis: Diagnosis | None = None
    resolution: float | None = None
    evaluations: int = 0
    arrays: tuple[ArrayReport, ...] = ()
    worst: Worst | None = None
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and finite numbers; what is not finite is None."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def plot(self, array: str | None = None) -> Figure:
        """A heat map of the error by coordinate: of `array`, or of the first that was measured.

        Raises:
            ValueError: No array has been measured by coordinate, or not this one: only wrong ones are, up to 3,000
                entries.
        """
        from grader.checks.gradient.picture import heat_map

        return heat_map(self, array)

    def __str__(self) -> str:
        lines = [f"{'right' if self.passed else 'WRONG'} ({self.evaluations} evaluations)"]
        lines += [f"  {reason.code}: {reason.says}" for reason in self.reasons]
        if self.diagnosis:
            lines.append(f"  likely cause: {self.diagnosis.sentence}")
        lines += [f"  {_line(one)}" for one in self.arrays]
        if self.worst:
            place = f"{self.worst.array}{list(self.worst.index) if self.worst.index else ''}"
            lines.append(f"  worst at {place}: expected {self.worst.expected:.6g}, got {self.worst.got:.6g}")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])


def _line(one: ArrayReport) -> str:
    seen = "" if one.resolution is None else f", errors above {one.resolution:.1g} would show"
    wrong = "" if not one.wrong else f", wrong at {', '.join(str(list(index)) for index in one.wrong[:3])}"
    wrong += ", ..." if len(one.wrong) > 3 else ""
    return f"{one.name} {one.shape}: {'right' if one.passed else 'wrong'}, error {one.error:.1g}{seen}{wrong}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
