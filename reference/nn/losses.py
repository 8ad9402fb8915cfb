"""Losses, each one number, stable at any size of the logits.

Every one is a mean over the N examples of a batch unless `reduction="sum"` is said, which some lectures write. The
first argument is what a network gives, and what is differentiated by; the labels y are constants.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from reference.autodiff import ops
from reference.autodiff.rules import shape_of

Reduction = Literal["mean", "sum"]


def squared_loss(prediction: Any, y: Any, *, scale: float = 1.0, reduction: Reduction = "mean") -> Any:
    """scale · mean over N of ‖prediction − y‖².

    Args:
        prediction: (N,) or (N, C). A number is one example.
        y: Of the same shape.
        scale: 1, or the ½ that many lectures write.
        reduction: "sum" leaves the division by N out.

    Raises:
        ValueError: The shapes differ; they would broadcast, (N, 1) against (N,) to (N, N), and mean something else.
    """
    if shape_of(prediction) != shape_of(y):
        raise ValueError(f"the prediction has shape {shape_of(prediction)} and y has {shape_of(y)}: make them equal")
    difference = prediction - y
    return _reduced(np.sum(difference * difference), prediction, reduction) * scale


def binary_cross_entropy(logits: Any, y: Any, *, reduction: Reduction = "mean") -> Any:
    """Mean over N of −y ln σ(z) − (1 − y) ln(1 − σ(z)) = y·softplus(−z) + (1 − y)·softplus(z), for logits z.

    Args:
        logits: (N,), or (N, 1) with y alike.
        y: 0 or 1, or a probability, of the shape of the logits.
        reduction: "sum" leaves the division by N out.

    Raises:
        ValueError: The shapes differ.
    """
    y = _labels_like(logits, y)
    terms = y * ops.softplus(-logits) + (1.0 - y) * ops.softplus(logits)
    return _reduced(np.sum(terms), logits, reduction)


def binary_cross_entropy_of_probabilities(p: Any, y: Any, *, reduction: Reduction = "mean") -> Any:
    """Mean over N of −y ln p − (1 − y) ln(1 − p), where 0 ln 0 is 0.

    Infinite where p is 0 or 1 and wrong, as the formula has it: nothing is clipped. Take logits if you can.

    Args:
        p: (N,), between 0 and 1.
        y: 0 or 1, or a probability, of the shape of p.
        reduction: "sum" leaves the division by N out.

    Raises:
        ValueError: The shapes differ.
    """
    y = _labels_like(p, y)
    with np.errstate(divide="ignore"):
        terms = y * np.log(np.where(y == 0, 1.0, p)) + (1.0 - y) * np.log1p(-np.where(y == 1, 0.0, p))
    return -_reduced(np.sum(terms), p, reduction)


def cross_entropy(logits: Any, y: Any, *, reduction: Reduction = "mean") -> Any:
    """Mean over N of −ln softmax(logits)[y], or of −Σ_c y_c ln softmax(logits)_c.

    Args:
        logits: (N, C).
        y: (N,) integer labels below C, or (N, C), each row of which sums to 1.
        reduction: "sum" leaves the division by N out.

    Raises:
        ValueError: The labels do not fit the logits.
    """
    loss = ops.softmax_cross_entropy(logits, _targets(logits, y))
    return loss if _is_mean(reduction) else loss * shape_of(logits)[0]


def hinge_loss(scores: Any, y: Any, *, margin: float = 1.0, reduction: Reduction = "mean") -> Any:
    """Mean over N of Σ_(c ≠ y) max(0, s_c − s_y + margin): the loss of a support vector machine with C classes.

    Args:
        scores: (N, C).
        y: (N,) integer labels below C, or (N, C) one-hot.
        margin: By how much the right score should lead.
        reduction: "sum" leaves the division by N out.

    Raises:
        ValueError: The labels do not fit the scores.
    """
    right = _targets(scores, y)
    lead = np.sum(scores * right, axis=1, keepdims=True)
    return _reduced(np.sum(ops.relu(scores - lead + margin) * (1.0 - right)), scores, reduction)


def binary_hinge_loss(scores: Any, y: Any, *, margin: float = 1.0, reduction: Reduction = "mean") -> Any:
    """Mean over N of max(0, margin − y·s).

    Args:
        scores: (N,).
        y: (N,), −1 or 1.
        margin: By how much a score should be on its side of 0.
        reduction: "sum" leaves the division by N out.

    Raises:
        ValueError: The shapes differ, or a label is neither −1 nor 1.
    """
    y = _labels_like(scores, y)
    if not np.all(np.abs(y) == 1.0):
        raise ValueError("the labels of a binary hinge loss are -1 and 1")
    return _reduced(np.sum(ops.relu(margin - y * scores)), scores, reduction)


def one_hot(y: Any, C: int) -> np.ndarray:
    """(N, C) with a 1 at each label: y is (N,), integers from 0 to C − 1.

    Raises:
        ValueError: y is not that.
    """
    labels = np.asarray(y)
    if labels.ndim != 1 or labels.dtype.kind not in "iub":
        raise ValueError(f"labels are integers of shape (N,), not {labels.dtype} of shape {labels.shape}")
    if labels.size and not (labels.min() >= 0 and labels.max() < C):
        raise ValueError(f"labels run from 0 to C - 1 = {C - 1}, not from {labels.min()} to {labels.max()}")
    hot = np.zeros((labels.size, C))
    hot[np.arange(labels.size), labels.astype(np.intp)] = 1.0
    return hot


def _targets(logits: Any, y: Any) -> np.ndarray:
    """The labels as (N, C), whichever way they are given."""
    N, C = shape_of(logits)
    targets = np.asarray(y, dtype=float) if np.ndim(y) == 2 else one_hot(y, C)
    if targets.shape != (N, C):
        raise ValueError(f"logits of shape {(N, C)} need labels of shape {(N,)} or {(N, C)}, not {np.shape(y)}")
    return targets


def _labels_like(x: Any, y: Any) -> np.ndarray:
    labels = np.asarray(y, dtype=float)
    if labels.shape != shape_of(x):
        raise ValueError(f"logits of shape {shape_of(x)} need labels of the same shape, not {labels.shape}")
    return labels


def _reduced(total: Any, x: Any, reduction: Reduction) -> Any:
    """A sum over the batch, divided by N for a mean."""
    shape = shape_of(x)
    return total / shape[0] if _is_mean(reduction) and shape else total


def _is_mean(reduction: Reduction) -> bool:
    if reduction not in ("mean", "sum"):
        raise ValueError(f"the reduction of a loss is 'mean' or 'sum', not {reduction!r}")
    return reduction == "mean"
