"""A bound that is not above 0 has to be refused with ValueError.

fails: clip_edges
diagnosis: none
"""

import numpy as np


def clip_by_norm(gradients, bound):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * (bound / norm) if norm > bound else g for g in gradients]
