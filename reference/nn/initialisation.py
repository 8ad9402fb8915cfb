"""Initial weights: variances that keep the size of activations and gradients the same from layer to layer.

A weight matrix is (D, H), D inputs and H units, since a layer is xW + b. Draws come from the generator that is given.
"""

from __future__ import annotations

import numpy as np


def xavier_normal(rng: np.random.Generator, D: int, H: int) -> np.ndarray:
    """(D, H), normal with variance 2 / (D + H): for tanh and sigmoid (Glorot and Bengio 2010)."""
    return rng.normal(0.0, np.sqrt(2.0 / (D + H)), (D, H))


def xavier_uniform(rng: np.random.Generator, D: int, H: int) -> np.ndarray:
    """(D, H), uniform on ±√(6 / (D + H)), so of variance 2 / (D + H)."""
    return _uniform(rng, D, H, 6.0 / (D + H))


def he_normal(rng: np.random.Generator, D: int, H: int) -> np.ndarray:
    """(D, H), normal with variance 2 / D: for relu, which lets half of the variance pass (He et al. 2015)."""
    return rng.normal(0.0, np.sqrt(2.0 / D), (D, H))


def he_uniform(rng: np.random.Generator, D: int, H: int) -> np.ndarray:
    """(D, H), uniform on ±√(6 / D), so of variance 2 / D."""
    return _uniform(rng, D, H, 6.0 / D)


def zeros(*shape: int) -> np.ndarray:
    """For biases: all units of a layer whose weights are all zero too would stay the same for ever."""
    return np.zeros(shape)


def _uniform(rng: np.random.Generator, D: int, H: int, squared_bound: float) -> np.ndarray:
    bound = np.sqrt(squared_bound)
    return rng.uniform(-bound, bound, (D, H))
