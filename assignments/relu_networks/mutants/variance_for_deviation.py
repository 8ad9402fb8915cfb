"""sigma is the standard deviation of the noise, not its variance.

fails: sets_spread, sets_normal, sets_seed
diagnosis: none
"""

import numpy as np


def noisy_sets(values, sigma, count, seed):
    return np.random.default_rng(seed).normal(values, sigma**2, (count, len(values)))
