"""An assignment that asks for training: logistic regression, with known-wrong ways of doing it."""

from __future__ import annotations

CHECKS = """
from pathlib import Path

import numpy as np

from grader import Training, assert_converges, check

CALIBRATION = Path(__file__).with_name("calibration.json")


def clouds(count, rng):
    y = rng.integers(0, 2, count)
    return rng.normal(size=(count, 2)) + 1.5 * np.where(y, 1.0, -1.0)[:, None], y


def training(rng):
    X, y = clouds(100, rng)
    X_new, y_new = clouds(500, rng)

    def loss(params):
        w, b, _losses = params
        z = np.where(y_new, 1.0, -1.0) * (X_new @ w + b)
        return np.mean(np.logaddexp(0.0, -z))

    return Training(given=(X, y), options={"lr": 0.1}, loss=loss, trivial=np.log(2.0), curve=lambda params: params[2])


@check(points=1)
def learns(student, draw):
    \"\"\"train learns to tell two clouds apart.\"\"\"
    assert_converges(student.train, training, calibration=CALIBRATION)
"""

SOLUTION = """
import numpy as np


def train(X, y, lr):
    ### BEGIN SOLUTION
    w, b, losses = np.zeros(2), 0.0, []
    for _ in range(60):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        losses.append(float(-np.mean(np.log(np.where(y, p, 1 - p)))))
        d = (p - y) / len(y)
        w, b = w - lr * X.T @ d, b - lr * d.sum()
    return w, b, losses
    ### END SOLUTION
"""
