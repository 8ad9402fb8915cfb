"""The norm is that of all arrays together: clipped one by one, the direction changes.

fails: clip
diagnosis: factor
"""

import numpy as np


def clip_by_norm(gradients, bound):
    if bound <= 0:
        raise ValueError("the bound must be above 0")
    return [g * (bound / max(bound, np.linalg.norm(g))) for g in gradients]
