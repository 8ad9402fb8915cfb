"""The noise is normal, not uniform.

fails: sets_normal
diagnosis: none
"""

import numpy as np


def noisy_sets(values, sigma, count, seed):
    width = np.sqrt(3) * sigma
    return values + np.random.default_rng(seed).uniform(-width, width, (count, len(values)))
