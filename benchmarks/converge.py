"""Does right training fail `assert_converges` as rarely as the assertion says?

    python benchmarks/converge.py [--runs 1000] [--seeds 3000]

A small network learns two moons by mini-batches. So many runs of it are the calibration; then it is judged with so
many seeds, by the usual rule and by two under which right training fails more often, so that there is something to
count. What is counted must be consistent with the false-fail rate that is stated, to one in a thousand, or the exit
code is 1.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from grader.checks import CheckContext, Training, assert_converges
from grader.checks.calibration import (
    Rule,
    Standard,
    digest_of_function,
    digest_of_text,
    entry,
    standard_of,
    to_json,
)
from grader.checks.context import running
from grader.model import CheckFailed

RULES = (Rule(2, 3, 0.99), Rule(2, 3, 0.9), Rule(1, 1, 0.95))
UNLIKELY = 0.001
SOLUTION = "the network below\n"
HIDDEN, STEPS, BATCH, RATE = 8, 120, 20, 0.5


def moons(count: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Points (N, 2) on two half circles, with noise, and which of the two."""
    t, y = np.pi * rng.random(count), rng.integers(0, 2, count)
    x = np.where(y, 1 - np.cos(t), np.cos(t))
    height = np.where(y, 0.5 - np.sin(t), np.sin(t))
    return np.stack([x, height], 1) + 0.15 * rng.normal(size=(count, 2)), y


def training(rng: np.random.Generator) -> Training:
    """One training, and the cross-entropy on 400 points that were not given."""
    X, y = moons(100, rng)
    X_new, y_new = moons(400, rng)

    def loss(params: Any) -> Any:
        return np.mean(np.logaddexp(0.0, np.where(y_new, -1.0, 1.0) * logits(params, X_new)[0]))

    return Training(given=(X, y, int(rng.integers(1 << 31))), loss=loss, trivial=math.log(2.0))


def logits(params: Any, X: Any) -> tuple[Any, Any]:
    """Of 2-8-1 with tanh, and the hidden layer."""
    W1, b1, W2, b2 = params
    H = np.tanh(X @ W1 + b1)
    return (H @ W2 + b2)[:, 0], H


def learn(X: Any, y: Any, seed: Any) -> Any:
    """Mini-batch gradient descent."""
    rng = np.random.default_rng(seed)
    W1, b1, W2, b2 = rng.normal(size=(2, HIDDEN)), np.zeros(HIDDEN), rng.normal(size=(HIDDEN, 1)) / 3, np.zeros(1)
    for _ in range(STEPS):
        k = rng.choice(len(X), BATCH, replace=False)
        z, H = logits((W1, b1, W2, b2), X[k])
        d = ((1 / (1 + np.exp(-z)) - y[k]) / BATCH)[:, None]
        dA = d @ W2.T * (1 - H * H)
        W1, b1 = W1 - RATE * X[k].T @ dA, b1 - RATE * dA.sum(0)
        W2, b2 = W2 - RATE * H.T @ d, b2 - RATE * d.sum(0)
    return W1, b1, W2, b2


def calibrated(runs: int) -> Standard:
    """What so many runs of the solution reach."""
    losses = []
    for k in range(runs):
        once = training(np.random.default_rng([1, k]))
        losses.append(float(once.loss(learn(*once.given))))
    return standard_of(losses)


def failures(rule: Rule, seeds: int, calibration: Path) -> int:
    """With how many seeds right training fails."""
    count = 0
    for seed in range(seeds):
        with running(CheckContext(seed=seed)):
            try:
                assert_converges(
                    learn, training, calibration=calibration, passes=rule.passes, of=rule.of, quantile=rule.quantile
                )
            except CheckFailed:
                count += 1
    return count


def at_least(count: int, n: int, p: float) -> float:
    """P(Binomial(n, p) >= count)."""
    return 1.0 - math.fsum(_binomial(k, n, p) for k in range(count))


def _binomial(k: int, n: int, p: float) -> float:
    log_choose = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(log_choose + k * math.log(p) + (n - k) * math.log1p(-p))


def main() -> int:
    """Print the table; 1 if a rate is not what is stated."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=3000)
    options = parser.parse_args()
    standard, wrong = calibrated(options.runs), 0
    print(f"calibrated on {options.runs:,} runs, judged with {options.seeds:,} seeds\n")
    print(f"{'rule':62}{'stated rate':>12}{'95 % interval':>20}{'expected':>10}{'failed':>8}")
    with tempfile.TemporaryDirectory(prefix="gradgrader-bench-") as folder:
        Path(folder, "solution.py").write_text(SOLUTION, encoding="utf-8")
        file = Path(folder, "calibration.json")
        for rule in RULES:
            said = entry(standard, rule, check="learns", training=digest_of_function(training))
            file.write_text(to_json(solution=digest_of_text(SOLUTION), seed=0, entries={"loss": said}))
            rate, low, high = standard.false_fail(rule)
            count = failures(rule, options.seeds, file)
            print(f"{rule!s:62}{rate:12.5f}{low:10.5f}{high:10.5f}{rate * options.seeds:10.1f}{count:8}")
            too_many = at_least(count, options.seeds, high) < UNLIKELY
            too_few = 1.0 - at_least(count + 1, options.seeds, low) < UNLIKELY
            wrong += too_many or too_few
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
