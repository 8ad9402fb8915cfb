"""How good predictions are."""

from __future__ import annotations

from typing import Any

import numpy as np


def predictions(logits: Any) -> np.ndarray:
    """The label of the largest logit, (N,) of (N, C); of one logit per example, (N,), whether it is above 0."""
    z = np.asarray(logits)
    return np.argmax(z, axis=1) if z.ndim == 2 else (z > 0).astype(np.intp)


def accuracy(logits: Any, y: Any) -> float:
    """The share of examples whose prediction is their label.

    Args:
        logits: (N, C), or (N,) where the labels are 0 and 1.
        y: (N,) integer labels.

    Raises:
        ValueError: There is not one label for each example.
    """
    predicted = predictions(logits)
    if predicted.shape != np.shape(y):
        raise ValueError(f"{predicted.shape[0]} predictions need labels of shape {predicted.shape}, not {np.shape(y)}")
    return float(np.mean(predicted == np.asarray(y)))
