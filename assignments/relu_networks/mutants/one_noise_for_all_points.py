"""Every point has noise of its own.

fails: sets_normal
diagnosis: none
"""

import numpy as np


def noisy_sets(values, sigma, count, seed):
    return values + np.random.default_rng(seed).normal(0, sigma, (count, 1))
