"""`assert_same_trajectory`: a few steps of training lead to the reference's parameters.

Initialisation, data and the order of the batches are given, so that nothing is random: whatever differs is a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.checks import diagnosis
from grader.checks.arrays import Array, as_numbers, fail, show
from grader.checks.close import SINGLE
from grader.checks.context import context
from grader.model import Diagnosis

# Right code that sums in another order differs by up to 4e-14 of a parameter's largest entry after three steps, right
# code in float32 by 2e-5; the known mistakes by 3e-3 and more. Where steps are small, so is a mistake in them: the
# error is bounded by a share of the way as well, though never below what rounding leaves.
RTOL = {"float64": 1e-9, "float32": 1e-4}
OF_THE_WAY = {"float64": 1e-6, "float32": 0.03}
ROUNDING = {"float64": 1e-13, "float32": 1e-5}
SURE = 1e-3  # of the way: how closely it agrees with a known mistake

Leaves = dict[str, Any]


def assert_same_trajectory(
    train: Callable[..., object],
    *,
    like: Callable[..., object],
    params: object,
    batches: Sequence[object],
    steps: int = 3,
    **hyper: object,
) -> None:
    """`train(params, batches, **hyper)` returns the parameters that `like`, called the same way, returns.

    It makes one step per batch and is called with the first `steps` of them; where the parameters differ, with fewer,
    to find the step that goes wrong. No entry may be off by more than 1e-9 of its array's largest entry, or 1e-4 where
    the student's arrays are float32; where the reference takes small steps, by no more than 1e-6 or 3 % of them.

    Args:
        train: The student's function. It gets copies, and may change them in place.
        like: The reference's function.
        params: Arrays and numbers in any nesting of dicts, lists and tuples; a list and a tuple count as the same.
        batches: At least `steps` batches, each whatever `train` takes for one.
        steps: Two at least show gradients that are not zeroed and those that come one step late.
        **hyper: Passed on, as in `lr=0.1`.

    Raises:
        CheckFailed: The parameters have another structure or shape, hold NaN, did not change, or are others.
        ValueError: There are too few batches, or `like` does not move the parameters or returns something else: a bug
            of the check.
    """
    context().assertions.append("same trajectory")
    if not 1 <= steps <= len(batches):
        raise ValueError(f"assert_same_trajectory needs a batch for each of {steps} steps, not {len(batches)}")
    start = {name: np.asarray(leaf) for name, leaf in _leaves(params)}

    def run(function: Callable[..., object], count: int) -> object:
        return function(deepcopy(params), deepcopy(list(batches[:count])), **deepcopy(hyper))

    expected = _expected(run(like, steps), start)
    answer = run(train, steps)
    got = _got(answer, params, start)
    if all(np.array_equal(got[name], start[name]) for name in start):
        fail(f"the parameters did not change in {_steps(steps)}")
    pairs = [_Pair(name, start[name], expected[name], got[name], _size(expected)) for name in start]
    context().note("parameters: largest relative error", max(pair.error for pair in pairs))
    wrong = [pair for pair in pairs if not pair.agrees]
    if not wrong:
        return
    for count in range(1, steps):
        ends = _expected(run(like, count), start, moves=False)
        theirs = _got(run(train, count), params, start)
        earlier = [_Pair(name, start[name], ends[name], theirs[name], _size(ends)) for name in start]
        if not all(pair.agrees for pair in earlier):
            _fail([pair for pair in earlier if not pair.agrees], count)
    _fail(wrong, steps)


# ------------------------------------------------------------------------------------------------------ values


@dataclass(frozen=True, slots=True)
class _Pair:
    """One parameter: where it starts, and where the reference and the student arrive."""

    name: str
    start: Array
    expected: Array
    got: Array
    size: float  # the largest entry of all parameters: what rounding may leave of a zero is relative to it

    @property
    def way(self) -> Array:
        """How the reference moves it."""
        return np.asarray(self.expected - self.start)

    @property
    def scale(self) -> float:
        """What errors are relative to: its largest entry, or that of all parameters where it is zero."""
        return _largest(self.expected) or self.size or 1.0

    @property
    def error(self) -> float:
        """Relative."""
        with np.errstate(over="ignore"):
            return _largest(self.got.astype(np.float64) - self.expected) / self.scale

    @property
    def agrees(self) -> bool:
        """Whether the student arrives where the reference does."""
        kind = "float32" if self.got.dtype in SINGLE else "float64"
        of_the_way = OF_THE_WAY[kind] * _largest(self.way) / self.scale
        return self.error <= min(RTOL[kind], max(of_the_way, ROUNDING[kind]))


def _largest(array: Array) -> float:
    return float(np.max(np.abs(array), initial=0.0))


def _size(leaves: Leaves) -> float:
    return max(map(_largest, leaves.values()), default=0.0)


def _fail(wrong: list[_Pair], count: int) -> None:
    """Name the first step that goes wrong, and the parameters that it moves wrongly."""
    worst = max(wrong, key=lambda pair: pair.error)
    names = ", ".join(pair.name for pair in wrong)
    when = "after the first step" if count == 1 else f"after step {count}, and not before"
    with np.errstate(over="ignore"):
        way = np.asarray(worst.got.astype(np.float64) - worst.start)
        off = np.abs(way - worst.way)
    if not np.any(way):
        fail(f"{worst.name} did not change in {_steps(count)}", expected=show(worst.expected), got=show(worst.got))
    index = np.unravel_index(int(np.argmax(off)), way.shape)
    place = f" at [{', '.join(str(int(i)) for i in index)}]" if index else ""
    fail(
        f"the parameters are wrong {when}: {names}",
        expected=f"{worst.name} moves by {show(worst.way)}",
        got=f"{worst.name} moves by {show(way)}",
        where=f"{worst.name}{place}: expected {worst.expected[index]:.9g}, got {worst.got[index]:.9g}",
        diagnosis=_diagnosed(wrong) if count == 1 else None,  # later the gradients are those of others
    )


def _diagnosed(wrong: list[_Pair]) -> Diagnosis | None:
    """What is said of every parameter that is wrong, if it is the same."""
    sizes = context().sizes
    evidence = [diagnosis.Evidence(pair.way, pair.got.astype(np.float64) - pair.start, SURE, sizes) for pair in wrong]
    found = {diagnosis.of_values(one) for one in evidence}
    return found.pop() if len(found) == 1 else None


def _steps(count: int) -> str:
    return "one step" if count == 1 else f"{count} steps"


# --------------------------------------------------------------------------------------------------- structure


def _leaves(tree: object, name: str = "") -> Iterator[tuple[str, Any]]:
    """The arrays and numbers of a nesting, by names such as `layers[0].W`, whatever the order of the keys."""
    if isinstance(tree, Mapping):
        for key in sorted(tree, key=str):
            yield from _leaves(tree[key], f"{name}.{key}" if name else str(key))
    elif isinstance(tree, list | tuple):
        for k, item in enumerate(tree):
            yield from _leaves(item, f"{name or 'params'}[{k}]")
    else:
        yield name or "params", tree


def _expected(answer: object, start: Leaves, *, moves: bool = True) -> Leaves:
    """What the reference returns."""
    leaves = {name: np.asarray(leaf) for name, leaf in _leaves(answer)}
    if {name: leaf.shape for name, leaf in leaves.items()} != {name: leaf.shape for name, leaf in start.items()}:
        raise ValueError("assert_same_trajectory: `like` returns parameters of another structure than `params`")
    if not all(leaf.dtype.kind in "fiu" and np.all(np.isfinite(leaf)) for leaf in leaves.values()):
        raise ValueError("assert_same_trajectory: `like` returns something else than finite real numbers")
    if moves and all(np.array_equal(leaves[name], start[name]) for name in start):
        raise ValueError("assert_same_trajectory: `like` does not move the parameters, so nothing can be judged")
    return leaves


def _got(answer: object, params: object, start: Leaves) -> Leaves:
    """What the student returns: the same names, shapes as before, finite."""
    leaves = dict(_leaves(answer))
    if leaves.keys() != start.keys():
        missing, more = sorted(start.keys() - leaves.keys()), sorted(leaves.keys() - start.keys())
        wanted = f"the parameters as they were given: {', '.join(start)}"
        says = f"{missing[0]} is missing from" if missing else f"{more[0]} does not belong into"
        fail(f"{says} the parameters that come back", expected=wanted, got=show(answer))
    numbers = {}
    for name, first in start.items():
        numbers[name] = as_numbers(leaves[name], name=name, expected=f"shape {first.shape}")
        if numbers[name].shape != first.shape:
            fail(
                f"{name} has the wrong shape, {numbers[name].shape}: no step changes it",
                expected=f"shape {first.shape}",
                got=f"shape {numbers[name].shape}",
                diagnosis=diagnosis.of_shape(first.shape, numbers[name].shape),
            )
    for name, array in numbers.items():
        if array.dtype.kind == "c":
            fail(f"{name} is complex", expected="real numbers", got=show(array))
        if not np.all(np.isfinite(array)):
            what = "NaN (not a number)" if np.any(np.isnan(array)) else "an infinite number"
            fail(f"{name} holds {what}", expected="finite numbers", got=show(array))
    return numbers
