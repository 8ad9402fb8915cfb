"""Small data sets for teaching: X (N, D) and y (N,), made from a generator that is passed in.

>>> X, y = moons(6, np.random.default_rng(0))
>>> X.shape, y.tolist()
((6, 2), [0, 0, 0, 1, 1, 1])
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np

Rng = np.random.Generator
LARGEST_PIXEL = 16.0


class MissingLibrary(ImportError):
    """A data set is asked for that another library holds, which is not installed."""


def moons(N: int, rng: Rng, *, noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Two half circles, one hanging into the other, that no line separates.

    Args:
        N: How many points; class 0 has the one more where N is odd.
        rng: Where the points on the circles and the noise are drawn from.
        noise: Standard deviation of the normal noise on each coordinate; the circles have radius 1.

    Returns:
        X (N, 2), y (N,) of 0 and 1, sorted by class.
    """
    upper = N - N // 2
    angle = rng.uniform(0.0, np.pi, N)
    X = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    X[upper:] = [1.0, 0.5] - X[upper:]
    return X + noise * rng.standard_normal((N, 2)), (np.arange(N) >= upper).astype(np.intp)


def spiral(N: int, C: int, rng: Rng, *, noise: float = 0.2, turns: float = 2.0 / 3.0) -> tuple[np.ndarray, np.ndarray]:
    """C arms that wind about the origin, from radius 0 to 1, a C-th of a circle apart.

    Args:
        N: How many points, in all; the first classes have one more where C does not divide N.
        C: How many arms.
        rng: Where the noise is drawn from.
        noise: Standard deviation of the normal noise on the angle, in radians.
        turns: How often an arm winds about.

    Returns:
        X (N, 2), y (N,) from 0 to C − 1, sorted by class.
    """
    y = np.sort(np.arange(N) % C)
    radius = np.concatenate([np.linspace(0.0, 1.0, int(np.sum(y == c))) for c in range(C)])
    angle = 2.0 * np.pi * (y / C + turns * radius) + noise * rng.standard_normal(N)
    return radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1), y


def polynomial(
    N: int, rng: Rng, *, coefficients: Sequence[float] = (0.0, 1.0, 0.0, -1.0), noise: float = 0.1
) -> tuple[np.ndarray, np.ndarray]:
    """A polynomial seen through noise.

    Args:
        N: How many points.
        rng: Where the points and the noise are drawn from.
        coefficients: Of 1, x, x², ...
        noise: Standard deviation of the normal noise on y.

    Returns:
        x (N,), uniform on [−1, 1] and sorted, and y (N,).
    """
    x = np.sort(rng.uniform(-1.0, 1.0, N))
    return x, np.polynomial.polynomial.polyval(x, np.asarray(coefficients)) + noise * rng.standard_normal(N)


def linear_regression(
    N: int, D: int, rng: Rng, *, noise: float = 0.1
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """y = Xw + b seen through noise; X, w and b are standard normal.

    Args:
        N: How many examples.
        D: How many features.
        rng: Where all is drawn from.
        noise: Standard deviation of the normal noise on y.

    Returns:
        X (N, D), y (N,), and what made them: w (D,) and the number b.
    """
    X, w, b = rng.standard_normal((N, D)), rng.standard_normal(D), float(rng.standard_normal())
    return X, X @ w + b + noise * rng.standard_normal(N), w, b


def digits() -> tuple[np.ndarray, np.ndarray]:
    """The handwritten digits that come with scikit-learn, 8 × 8 pixels each.

    Returns:
        X (1797, 64) from 0 to 1, y (1797,) from 0 to 9.

    Raises:
        MissingLibrary: scikit-learn is not installed.
    """
    try:
        datasets: Any = importlib.import_module("sklearn.datasets")
    except ImportError as missing:
        raise MissingLibrary("the digits come with scikit-learn: install it (pip install scikit-learn)") from missing
    X, y = datasets.load_digits(return_X_y=True)
    return np.asarray(X, dtype=float) / LARGEST_PIXEL, np.asarray(y, dtype=np.intp)


def split(X: np.ndarray, y: np.ndarray, rng: Rng, *, first: float = 0.8) -> tuple[np.ndarray, ...]:
    """Cut a data set in two at random, for training and validation.

    Args:
        X: (N, ...).
        y: (N, ...).
        rng: Where the order is drawn from.
        first: The share of the first part, between 0 and 1.

    Returns:
        X and y of the first part, X and y of the second: round(first·N) examples, and the rest.

    Raises:
        ValueError: The lengths differ, or a part would be empty.
    """
    N = len(X)
    cut = round(first * N)
    if len(y) != N or not 0 < cut < N:
        raise ValueError(f"{N} examples with {len(y)} labels cannot be cut in two parts, the first a share of {first}")
    order = rng.permutation(N)
    return X[order[:cut]], y[order[:cut]], X[order[cut:]], y[order[cut:]]
