"""What is known of a gradient that failed, and what may still be asked: the material of a diagnosis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from grader.checks import diagnosis
from grader.checks.arrays import Array
from grader.checks.gradient.contract import read
from grader.checks.gradient.groups import scale_of, whole
from grader.checks.gradient.localise import Located
from grader.checks.gradient.point import Site
from grader.checks.gradient.probe import Status
from grader.checks.gradient.problem import Params, Problem, changed, copies
from grader.checks.gradient.report import Reason
from grader.checks.gradient.scan import look
from grader.model import Diagnosis

SHORT = 3e-9  # of an array's scale: a step that crosses no kink but those next to the point
KINK, BLIND = 1e-3, 8.0  # of the largest entry, and times the noise: how far two differences of smooth entries differ
DIRECTIONS = 4  # along which a large array is asked for a constant factor


@dataclass(frozen=True, slots=True, eq=False)
class GradientEvidence:
    """A gradient that failed, beside the right one as far as that is known.

    Per parameter, in order: `names`, `params`, `got` (for the first upstream gradient; None where no numbers came) and
    `numeric` (None where it was not measured in full; NaN nowhere else). `value` and `upstream` belong to them.
    """

    problem: Problem
    reasons: tuple[Reason, ...]
    params: Params
    value: Array
    upstream: Array
    got: tuple[Array | None, ...] = ()
    numeric: tuple[Array | None, ...] = ()
    wrong: tuple[int, ...] = ()  # the numbers of the wrong arrays
    site: Site | None = None  # for probes along directions; None where the form was wrong
    sizes: Mapping[str, int] = field(default_factory=dict)  # the named sizes that the check used
    located: Mapping[int, Located] = field(default_factory=dict)  # what was measured of the wrong arrays

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names."""
        return self.problem.names

    def ask(self) -> tuple[Array | None, ...]:
        """What is answered to the question to which `got` was, by whoever answers now; the arrays may have any shape.

        Raises:
            Exception: Whatever the gradient function raises.
        """
        return answer_to(self.problem, self.params, self.upstream if self.problem.with_upstream else None)

    def gradients_at(self, params: Params, upstream: Array) -> tuple[Array | None, ...]:
        """What the gradient function answers elsewhere; None for what is not numbers of the right shape."""
        try:
            reply = self.problem.answer(copies(params), upstream.copy() if self.problem.with_upstream else None)
        except Exception:  # noqa: BLE001  (as for values)
            return tuple(None for _ in params)
        answer = read(reply, self.names, params)
        return answer.gradients if not answer.reasons else tuple(None for _ in params)

    def values_at(self, points: list[Params]) -> list[Array]:
        """The function's values elsewhere; NaN where it has none.

        A diagnosis looks where the check did not, so what is raised there is no word on the gradient.
        """
        try:
            return [value.astype(np.float64) for value in self.problem.values(points, self.value)]
        except Exception:  # noqa: BLE001
            return [np.full(self.value.shape, np.nan) for _ in points]

    def ratios(self, a: int) -> list[tuple[float, float]]:
        """got/right along a few directions of array `a`, each with how far off it may be."""
        if self.site is None:
            return []
        found = []
        for _ in range(DIRECTIONS):
            for p in look(self.site, a, whole(self.params[a])):
                if np.isfinite(p.derivative) and p.derivative != 0:
                    found.append(((p.derivative - p.residual) / p.derivative, p.error / abs(p.derivative)))
        return found

    def right_but_for(self, a: int, entries: Array) -> bool:
        """Whether array `a` is right along a few directions that leave these entries alone."""
        if self.site is None:
            return False
        others = whole(self.params[a]).part(np.setdiff1d(np.arange(self.params[a].size), entries))
        seen = [p.status for _ in range(DIRECTIONS) for p in look(self.site, a, others)]
        return bool(seen) and all(status is Status.OK for status in seen)

    def for_rules(self) -> diagnosis.GradientsEvidence:
        """The same in the words of a diagnosis: plain arrays in float64, and two functions to ask."""
        seen = {a: one for a, one in self.located.items() if one.complete and self.numeric[a] is not None}
        got = plain(self.got)
        return diagnosis.GradientsEvidence(
            names=self.names,
            params=tuple(p.astype(np.float64) for p in self.params),
            got=got,
            expected=tuple(self.numeric[a] if a in self.wrong else g for a, g in enumerate(got)),
            error={a: self._error(a, one) for a, one in seen.items()},
            rows={a: one.numeric.rows for a, one in seen.items()},
            unsure={a: one.numeric.error for a, one in seen.items()},
            located={a: one.wrong for a, one in self.located.items() if not one.complete},
            wrong=self.wrong,
            value=self.value,
            upstream=self.upstream,
            with_upstream=bool(self.problem.with_upstream),
            reasons=tuple(reason.code for reason in self.reasons),
            ask=self._ask,
            values_at=self.values_at,
            ratios=self.ratios,
            right_but_for=self.right_but_for,
            sizes=self.sizes,
            fixed=self.problem.fixed,
        )

    def _error(self, a: int, one: Located) -> Array:
        error = one.numeric.along(self.upstream)[1].reshape(self.params[a].shape)
        return np.where(self._kinked(a), np.inf, error)

    def _kinked(self, a: int) -> Array:
        """The entries of array `a` next to a kink, which the longer steps of a difference may have crossed unseen."""
        site, right, x = self.site, self.numeric[a], self.params[a]
        if site is None or site.low or site.problem.remote or right is None:
            return np.zeros(x.shape, bool)
        h = SHORT * scale_of(x)
        moved = [changed(self.params, a, _plus(x, k, s * h)) for k in range(x.size) for s in (1, -1)]
        sums = np.array([float(np.sum(self.upstream * (v - self.value))) for v in self.values_at(moved)])
        forward, backward = sums[::2].reshape(x.shape) / h, -sums[1::2].reshape(x.shape) / h
        noise = BLIND * (site.noise[0] + site.point.unit * site.point.size(0)) / h
        bound = KINK * float(np.max(np.abs(right), initial=0.0)) + noise
        smooth = (np.abs(forward - right) <= bound) & (np.abs(backward - right) <= bound)
        return np.asarray(~smooth)

    def _ask(self, params: Params, upstream: Array) -> tuple[Array | None, ...]:
        typed = tuple(x.astype(p.dtype) for x, p in zip(params, self.params, strict=True))
        return tuple(None if g is None else g.astype(np.float64) for g in self.gradients_at(typed, upstream))


def _plus(x: Array, k: int, step: float) -> Array:
    moved = x.copy()
    moved.flat[k] += step
    return moved


def answer_to(problem: Problem, params: Params, upstream: Array | None = None) -> tuple[Array | None, ...]:
    """The gradient function's answer, which is not counted; the arrays may have any shape."""
    more = () if upstream is None else (upstream.copy(),)
    with np.errstate(all="ignore"):
        return plain(read(problem.vjp(*copies(params), *more), problem.names, params).gradients)


def plain(gradients: tuple[Array | None, ...]) -> tuple[Array | None, ...]:
    """The arrays in float64; None for what is not real numbers."""
    return tuple(None if g is None or g.dtype.kind == "c" else g.astype(np.float64) for g in gradients)


def diagnose(evidence: GradientEvidence, known: Sequence[diagnosis.KnownWrong] = ()) -> Diagnosis | None:
    """The likely mistake, where a rule is sure of one; `known` are wrong gradients that the assignment brings."""
    if evidence.reasons[0].code == "wrong-shape":
        if (found := diagnosis.of_answer(plain(evidence.got), known)) is not None:
            return found
        shapes = [None if g is None else g.shape for g in evidence.got]
        return diagnosis.of_shapes(evidence.names, [p.shape for p in evidence.params], shapes)
    return diagnosis.of_gradients(evidence.for_rules(), known)
