"""What a diagnosis is made from: wrong answers beside the right ones, and what may still be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model import Diagnosis

Array = npt.NDArray[Any]
Params = tuple[Array, ...]

SURE = 1e-4  # relative; a check may tolerate more, but what agrees less closely than float32 does proves no mistake
ERRORS = 3.0  # times its estimated error: how far a difference may be off
SHARP = 0.1  # of the largest mistake in an array: an explanation that is no sharper explains nothing
ENOUGH = 0.25  # the share of the entries that must be known that sharply


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A wrong answer beside the right one, same shape, all finite; `sizes` are the named sizes that the check used.

    `error` says for each entry of `expected` how far it may be off.
    """

    expected: Array
    got: Array
    tolerance: float  # relative to the largest expected entry
    sizes: Mapping[str, int] = field(default_factory=dict)
    error: Array | None = None
    name: str = "this"  # how sentences call the answer

    @property
    def slack(self) -> Array:
        """The difference from what is predicted of `got` that counts as none, entry by entry."""
        bound = min(self.tolerance, SURE) * float(np.max(np.abs(self.expected), initial=0.0))
        return np.full(self.got.shape, bound) if self.error is None else bound + ERRORS * self.error

    @property
    def sharp(self) -> Array:
        """The entries that are known far more closely than the largest mistake is large."""
        return self._sharp(self.slack)

    def _sharp(self, slack: Array) -> Array:
        known = np.isfinite(slack)
        worst = float(np.max(np.abs(self.got - self.expected)[known], initial=0.0))
        return np.asarray(slack <= SHARP * worst)

    @property
    def off(self) -> Array:
        """The entries that are surely wrong."""
        return np.asarray(np.abs(self.got - self.expected) > 2 * self.slack)

    def fits(self, predicted: Array, slack: Array | float = 0.0) -> bool:
        """Whether a mistake that would give `predicted` explains what came; `slack` is what is added to ours."""
        if predicted.shape != self.got.shape:
            return False
        with np.errstate(all="ignore"):
            bound = self.slack + slack
            sharp = self._sharp(bound)
            if sharp.mean() < ENOUGH or not np.any(self.off & sharp):
                return False
            return bool(np.all(np.abs(self.got - predicted)[sharp] <= bound[sharp]))

    def says(self, code: str, words: str) -> Diagnosis:
        """A diagnosis of this answer."""
        return Diagnosis(code, f"{self.name} {words}")


@dataclass(frozen=True, slots=True, eq=False)
class GradientsEvidence:
    """Gradients of sum(upstream·f), of which some are wrong: per parameter, in order, all in float64.

    `expected` is what differences say of a wrong one, and what was answered of a right one; None where it is not known
    in full. `rows[a]` is the Jacobian by parameter `a` where it was measured, of shape (size, *value.shape), and
    `unsure[a]` says how far each of its entries may be off.
    `located[a]` are entries of a large array that were found wrong. `fixed` are further arguments of the function.
    """

    names: tuple[str, ...]
    params: Params
    got: tuple[Array | None, ...]
    expected: tuple[Array | None, ...]
    error: Mapping[int, Array]
    rows: Mapping[int, Array]
    unsure: Mapping[int, Array]
    located: Mapping[int, Array]
    wrong: tuple[int, ...]
    value: Array
    upstream: Array
    with_upstream: bool
    reasons: tuple[str, ...]  # the checker's codes
    ask: Callable[[Params, Array], tuple[Array | None, ...]]
    values_at: Callable[[list[Params]], list[Array]]
    ratios: Callable[[int], list[tuple[float, float]]]  # got/expected along directions, and how far off
    right_but_for: Callable[[int, Array], bool]  # whether an array is right along directions without these entries
    sizes: Mapping[str, int] = field(default_factory=dict)
    fixed: Mapping[str, Array] = field(default_factory=dict)
    tolerance: float = 1e-7  # relative to an array's largest entry, beside the differences' own error

    def label(self, *arrays: int) -> str:
        """How sentences call the gradients of these arrays."""
        names = [self.names[a] for a in arrays or self.wrong]
        if len(names) == 1:
            return f"the gradient by {names[0]}"
        return f"each of the gradients by {', '.join(names[:-1])} and {names[-1]}"

    def array(self, a: int) -> Evidence | None:
        """One wrong gradient beside the right one; None where that was not measured."""
        expected, got = self.expected[a], self.got[a]
        if a not in self.wrong or expected is None or got is None or got.shape != expected.shape:
            return None
        if not (np.all(np.isfinite(expected)) and np.all(np.isfinite(got))):
            return None
        return Evidence(expected, got, self.tolerance, self.sizes, self.error.get(a), self.label(a))

    @property
    def arrays(self) -> dict[int, Evidence]:
        """The wrong gradients that were measured, by number."""
        found = {a: self.array(a) for a in self.wrong}
        return {a: one for a, one in found.items() if one is not None}

    @property
    def measured(self) -> bool:
        """Whether all that are wrong were."""
        return bool(self.wrong) and len(self.arrays) == len(self.wrong)

    @property
    def vanishes(self) -> bool:
        """Whether a wrong gradient is zero everywhere: what is not there has no pattern."""
        return any(not np.any(one.got) for one in self.arrays.values())

    def along(self, a: int, upstream: Array) -> Array | None:
        """The right gradient by parameter `a` for another upstream gradient."""
        if a not in self.rows:
            return None
        flat = self.rows[a].reshape(self.params[a].size, -1)
        return np.asarray(flat @ upstream.ravel()).reshape(self.params[a].shape)

    def right_for(self, upstream: Array) -> bool:
        """Whether what came for every wrong gradient is right for another upstream gradient.

        Where that is large, what the Jacobian may be off by counts as much.
        """
        if not self.measured:
            return False
        for a, one in self.arrays.items():
            guess = self.along(a, upstream)
            if guess is None:
                return False
            off = self.unsure[a].reshape(guess.size, -1) @ np.abs(upstream.ravel())
            if not one.fits(guess, slack=ERRORS * off.reshape(guess.shape)):
                return False
        return True

    def all_fit(self, predicted: Callable[[int], Array | None]) -> bool:
        """Whether what is predicted of every wrong gradient is what came."""
        if not self.measured:
            return False
        for a, one in self.arrays.items():
            guess = predicted(a)
            if guess is None or not one.fits(guess):
                return False
        return True


Rule = Callable[[Evidence], Diagnosis | None]
GradientsRule = Callable[[GradientsEvidence], Diagnosis | None]
