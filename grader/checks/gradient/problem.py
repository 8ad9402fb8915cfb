"""The function and the gradient that are examined: each call gets copies, is counted, and is read as numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from grader.checks.arrays import Array, as_numbers, show
from grader.model import CheckFailed

Params = tuple[Array, ...]

DOUBLE = float(np.finfo(np.float64).eps)
SINGLE = 1e-10  # a unit of rounding above this one is that of float32 or float16
SPARE = 4000  # evaluations that may be spent on naming coordinates
SPARE_REMOTE, SPARE_BYTES = 400, 1 << 22  # where they are calls that have a deadline; of what they carry there and back
BATCH_BYTES = 1 << 18  # of values that are asked for in one message: well below any bound on a reply


class Unusable(Exception):
    """The function cannot be differentiated by differences; `code` and `says` name why."""

    def __init__(self, code: str, says: str, *, expected: str | None = None, got: str | None = None) -> None:
        super().__init__(says)
        self.code, self.says, self.expected, self.got = code, says, expected, got


@dataclass(slots=True)
class Problem:
    """`f(*params)` and `vjp(*params, upstream)`, or `vjp(*params)` where `with_upstream` is false.

    Where `f` has a method `many`, the values at many points are asked for at once: `f.many([params, ...])`. `fixed` are
    arrays that both take as well, and that nothing is differentiated by.
    """

    f: Callable[..., object]
    vjp: Callable[..., object]
    names: tuple[str, ...]
    with_upstream: bool | None = None  # None: iff the function's value is an array
    fixed: Mapping[str, Array] = field(default_factory=dict)
    evaluations: int = 0  # of f
    gradients: int = 0  # calls of vjp
    carried: int = 0  # bytes of the parameters and the value of an evaluation

    @property
    def remote(self) -> bool:
        """Whether an evaluation is a call into another process."""
        return hasattr(self.f, "many")

    @property
    def spare(self) -> int:
        """How many evaluations may be spent on what does not decide the verdict, or seldom."""
        return min(SPARE_REMOTE, SPARE_BYTES // max(1, self.carried)) if self.remote else SPARE

    def value(self, params: Params) -> Array:
        """The function's value as an array of real numbers, perhaps not finite.

        Raises:
            Unusable: It is something else.
        """
        return self.values([params])[0]

    def values(self, points: Sequence[Params], like: Array | None = None) -> list[Array]:
        """The values at all `points`; `like` is one that is known already, whose shape they must have.

        Raises:
            Unusable: One is not real numbers, or changes its shape.
        """
        self.evaluations += len(points)
        values = [_real(reply) for reply in self._replies(points, like)]
        for value in values:
            self.carried = value.nbytes + sum(x.nbytes for x in points[0])
            if like is not None and value.shape != like.shape:
                raise Unusable(
                    "changing-shape",
                    "the function's value changes its shape",
                    expected=f"shape {like.shape}",
                    got=f"shape {value.shape}",
                )
        return values

    def _replies(self, points: Sequence[Params], like: Array | None) -> Iterable[object]:
        with np.errstate(all="ignore"):
            if not self.remote or like is None:
                return [self.f(*copies(point)) for point in points]
            size = max(1, BATCH_BYTES // max(1, like.nbytes))
            batches = [points[k : k + size] for k in range(0, len(points), size)]
            return [reply for batch in batches for reply in self.f.many(list(batch))]  # type: ignore[attr-defined]

    def answer(self, params: Params, upstream: Array | None) -> object:
        """What vjp returns for these very arrays, which it may change."""
        self.gradients += 1
        with np.errstate(all="ignore"):
            return self.vjp(*params) if upstream is None else self.vjp(*params, upstream)


def named(params: Mapping[str, object] | Sequence[object]) -> dict[str, Array]:
    """The parameters by name, as floating-point arrays of our own; those of a sequence are called params[0], ...

    Raises:
        ValueError: One is not a real number or an array of them.
    """
    pairs = params.items() if isinstance(params, Mapping) else ((f"params[{k}]", p) for k, p in enumerate(params))
    found = {name: _float(name, value) for name, value in pairs}
    if not found:
        raise ValueError("a gradient needs a parameter: params is empty")
    return found


def _float(name: str, value: object) -> Array:
    array = np.array(value)
    if array.dtype.kind not in "uif" or not np.all(np.isfinite(array)):
        raise ValueError(f"a gradient is taken by finite real numbers, but {name} is {show(value)}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def copies(params: Params) -> Params:
    """Arrays of the callee's own."""
    return tuple(param.copy() for param in params)


def changed(params: Params, a: int, array: Array) -> Params:
    """The parameters with number `a` in place of the one they have."""
    return (*params[:a], array, *params[a + 1 :])


def unit(*arrays: Array) -> float:
    """The largest unit of rounding among their number formats; integers are exact in float64."""
    return max(float(np.finfo(array.dtype).eps) if array.dtype.kind == "f" else DOUBLE for array in arrays)


def _real(reply: object) -> Array:
    what = "the function's value"
    try:
        value = as_numbers(reply, name=what, expected="an array of numbers")
    except CheckFailed as failure:
        found = failure.finding
        raise Unusable("not-numbers", found.says, expected=found.expected, got=found.got) from None
    if value.dtype.kind == "c":
        raise Unusable("not-finite", f"{what} is not made of finite real numbers", got=show(value))
    return value
