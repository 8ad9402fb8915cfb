"""Each entry is clipped: that turns the gradient, which is to keep its direction.

fails: two_scores
diagnosis: none
"""

import numpy as np


def clip_by_norm(grads, bound):
    return {name: np.clip(g, -bound, bound) for name, g in grads.items()}
