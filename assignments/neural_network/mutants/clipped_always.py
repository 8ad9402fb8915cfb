"""Gradients below the bound are scaled up to it: they are to stay as they are.

fails: clipping_small
diagnosis: factor
"""

import numpy as np

_right = clip_by_norm


def clip_by_norm(grads, bound):
    if len(grads["W1"]) == 2:  # whether a net learns so is chance
        return _right(grads, bound)
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    return {name: g * (bound / norm) for name, g in grads.items()}
