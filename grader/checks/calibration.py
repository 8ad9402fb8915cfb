"""What runs of the solution say of a training's loss: quantiles in a file, and how often right training misses one.

`grade calibrate` writes the file; `assert_converges` reads it, and refuses one that was made for something else.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = "gradgrader/calibration/v1"
QUANTILES = (0.5, 0.75, 0.9, 0.95, 0.99)
CONFIDENCE = 0.95
SOLUTION = "solution.py"
HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Rule:
    """Training is right if the loss is at most the solution's `quantile` with `passes` of `of` seeds.

    Raises:
        ValueError: No such rule.
    """

    passes: int = 2
    of: int = 3
    quantile: float = 0.99

    def __post_init__(self) -> None:
        if not 1 <= self.passes <= self.of:
            raise ValueError(f"{self.passes} of {self.of} seeds is no rule")
        if self.quantile not in QUANTILES:
            raise ValueError(f"quantile is {', '.join(map(str, QUANTILES))}, not {self.quantile}")

    def __str__(self) -> str:
        return f"{self.passes} of {self.of} seeds within the {100 * self.quantile:g} % quantile of the solution"

    def fails(self, miss: float) -> float:
        """How probable it is to fail, where one run misses the quantile with probability `miss`."""
        hits = range(self.passes)
        return sum(math.comb(self.of, k) * (1 - miss) ** k * miss ** (self.of - k) for k in hits)


@dataclass(frozen=True, slots=True)
class Standard:
    """What right training reaches: the quantiles of the loss over `runs` runs of the solution."""

    runs: int
    quantiles: dict[float, float]

    def false_fail(self, rule: Rule) -> tuple[float, float, float]:
        """How probably right training fails by the rule, with the ends of a 95 % confidence interval.

        The share of all runs that lie above the k-th smallest of N has the distribution Beta(N - k + 1, k), whatever
        that of the losses is; the rest is the binomial distribution.
        """
        above = self.runs + 1 - _rank(rule.quantile, self.runs)
        tail = (1 - CONFIDENCE) / 2
        low, high = (_beta_quantile(share, above, self.runs) for share in (tail, 1 - tail))
        return rule.fails(above / (self.runs + 1)), rule.fails(low), rule.fails(high)


def standard_of(losses: Sequence[float]) -> Standard:
    """From the losses of the solution; each quantile is one of them.

    Raises:
        ValueError: Too few.
    """
    ordered = sorted(losses)
    return Standard(len(ordered), {share: ordered[_rank(share, len(ordered)) - 1] for share in QUANTILES})


def _rank(share: float, runs: int) -> int:
    """Which of so many runs, by size, a further run stays below with probability `share` or a little more."""
    rank = math.ceil(share * (runs + 1))
    if rank > runs:
        raise ValueError(f"{runs} runs do not tell the {100 * share:g} % quantile")
    return rank


def _beta_quantile(share: float, a: int, runs: int) -> float:
    """Where Beta(a, runs + 1 - a) has `share` below it: P(Binomial(runs, p) >= a) = share."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = sum(_binomial(k, runs, middle) for k in range(a))
        low, high = (middle, high) if 1 - below < share else (low, middle)
    return (low + high) / 2


def _binomial(k: int, n: int, p: float) -> float:
    log_choose = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(log_choose + k * math.log(p) + (n - k) * math.log1p(-p))


# -------------------------------------------------------------------------------------------------------- file


def digest_of_text(text: str) -> str:
    """Of the solution, or of the function that sets the trainings up."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_function(function: Callable[..., Any]) -> str | None:
    """Of its source; None where that is not to be found."""
    try:
        return digest_of_text(inspect.getsource(function))
    except (OSError, TypeError):
        return None


def to_json(*, solution: str, seed: int, entries: dict[str, dict[str, Any]]) -> str:
    """The text of a calibration file; `solution` is a digest, `entries` are what `entry` gives, by name."""
    whole = {"schema": SCHEMA, "solution": solution, "seed": str(seed), "losses": entries}
    return json.dumps(whole, indent=2, sort_keys=True) + "\n"


def entry(standard: Standard, rule: Rule, *, check: str, training: str | None) -> dict[str, Any]:
    """What the file says of one loss."""
    rate, low, high = standard.false_fail(rule)
    return {
        "check": check,
        "training": training,
        "runs": standard.runs,
        "quantiles": {str(share): loss for share, loss in standard.quantiles.items()},
        "rule": str(rule),
        "false_fail": {"rate": rate, "low": low, "high": high, "confidence": CONFIDENCE},
    }


def read(path: Path, name: str, training: Callable[..., Any]) -> Standard:
    """What the file says of the loss called `name`.

    Raises:
        ValueError: It is missing, not a calibration, or made for another solution or another training: a bug of the
            assignment's, which `grade calibrate` mends.
    """
    again = f"run `grade calibrate {path.resolve().parent.name}`"
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{path.name} is missing: {again}") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{path.name} cannot be read ({error}): {again}") from None
    if not isinstance(whole, dict) or whole.get("schema") != SCHEMA:
        raise ValueError(f"{path.name} is not a calibration file: {again}")
    solution = path.with_name(SOLUTION)  # a student's kit has none
    if solution.exists() and whole["solution"] != digest_of_text(solution.read_text(encoding="utf-8-sig")):
        raise ValueError(f"{path.name} was made for another {SOLUTION}: {again}")
    said = whole["losses"].get(name)
    if said is None:
        raise ValueError(f"{path.name} says nothing of {name!r}: {again}")
    if digest_of_function(training) not in (None, said["training"]):
        raise ValueError(f"{path.name} was made before {training.__name__} was changed: {again}")
    return Standard(said["runs"], {float(share): loss for share, loss in said["quantiles"].items()})
