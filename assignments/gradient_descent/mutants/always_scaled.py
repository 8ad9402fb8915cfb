"""Only what is above the bound is scaled; what is below it stays as it is.

fails: clip_small, clip_edges
diagnosis: factor
"""

import numpy as np


def clip_by_norm(gradients, bound):
    if bound <= 0:
        raise ValueError("the bound must be above 0")
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * (bound / norm) for g in gradients]
