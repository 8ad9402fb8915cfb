"""This clips each entry, and the direction changes: clip the norm.

fails: clip
diagnosis: none
"""

import numpy as np


def clip_by_norm(gradients, bound):
    if bound <= 0:
        raise ValueError("the bound must be above 0")
    return [np.clip(g, -bound, bound) for g in gradients]
