"""The norm is the root of the sum of the squares.

fails: one_loss
diagnosis: none
"""

import numpy as np



def clip_by_norm(gradients, bound):
    if bound <= 0:
        raise ValueError("the bound must be above 0")
    norm = sum(np.sum(g**2) for g in gradients)
    return [g * (bound / norm) if norm > bound else g for g in gradients]
