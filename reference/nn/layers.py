"""Layers as pure functions of their input and their parameters."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference.autodiff.ops import affine
from reference.autodiff.rules import CONSTANT, primitive, shape_of

__all__ = ["affine", "batch_norm", "batch_norm_state", "dropout", "layer_norm"]

EPSILON = 1e-5  # added to a variance, which may be 0


@primitive
def _stopped(x: Any) -> Any:
    """The value of x, through which no derivative passes."""
    return x


CONSTANT.add(_stopped)


def batch_norm_state(D: int) -> dict[str, np.ndarray]:
    """The running averages before any batch has been seen: mean 0 (D,) and variance 1 (D,)."""
    return {"mean": np.zeros(D), "variance": np.ones(D)}


def batch_norm(
    x: Any,
    gamma: Any,
    beta: Any,
    state: dict[str, np.ndarray],
    *,
    training: bool,
    momentum: float = 0.9,
    epsilon: float = EPSILON,
) -> tuple[Any, dict[str, np.ndarray]]:
    """gamma·(x − mean) / √(variance + epsilon) + beta, each of the D features by itself.

    The variance is the mean of the squared deviations, divided by N, in the result and in the running average alike.

    Args:
        x: (N, D).
        gamma: (D,).
        beta: (D,).
        state: The running averages, see batch_norm_state.
        training: The statistics are the batch's, and enter the running averages. Otherwise they are those averages.
        momentum: How much of a running average stays: new = momentum·old + (1 − momentum)·batch.
        epsilon: Keeps the root above 0.

    Returns:
        (N, D), and the new state: plain arrays, through which no derivative passes. What was given is not changed.
    """
    if not training:
        return _normalised(x, state["mean"], state["variance"], epsilon) * gamma + beta, state
    mean, variance = np.mean(x, axis=0), np.var(x, axis=0)
    new = {
        "mean": momentum * state["mean"] + (1.0 - momentum) * _stopped(mean),
        "variance": momentum * state["variance"] + (1.0 - momentum) * _stopped(variance),
    }
    return _normalised(x, mean, variance, epsilon) * gamma + beta, new


def layer_norm(x: Any, gamma: Any, beta: Any, *, epsilon: float = EPSILON) -> Any:
    """gamma·(x − mean) / √(variance + epsilon) + beta, each of the N examples by itself, in training and after.

    Args:
        x: (N, D), or (..., D).
        gamma: (D,).
        beta: (D,).
        epsilon: Keeps the root above 0.

    Returns:
        Of the shape of x.
    """
    mean, variance = np.mean(x, axis=-1, keepdims=True), np.var(x, axis=-1, keepdims=True)
    return _normalised(x, mean, variance, epsilon) * gamma + beta


def dropout(x: Any, keep: float, rng: np.random.Generator, *, training: bool) -> Any:
    """x with every entry kept with probability `keep`, and then divided by it, or else 0: inverted dropout.

    The mean over the masks is x, so that nothing has to be scaled after training, when this is the identity.

    Args:
        x: Any shape, which is the result's too.
        keep: The probability of staying, in (0, 1]; some courses write the probability of being dropped.
        rng: Where the mask is drawn from; the same generator state gives the same mask.
        training: Whether anything is dropped.

    Raises:
        ValueError: `keep` is no such probability.
    """
    if not 0.0 < keep <= 1.0:
        raise ValueError(f"dropout keeps an entry with a probability above 0 and up to 1, not {keep}")
    if not training or keep == 1.0:
        return x
    return x * ((rng.random(shape_of(x)) < keep) / keep)


def _normalised(x: Any, mean: Any, variance: Any, epsilon: float) -> Any:
    return (x - mean) / np.sqrt(variance + epsilon)
