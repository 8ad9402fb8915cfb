"""The mean is over squared distances, not over distances.

fails: one_loss
diagnosis: none
"""

import numpy as np



def batch_noise(w, X, y, size):
    from itertools import combinations

    full = linear_gradient(w, X, y)
    batches = combinations(range(len(y)), size)
    return np.mean([np.linalg.norm(minibatch_gradient(w, X, y, list(rows)) - full) for rows in batches]).item()
