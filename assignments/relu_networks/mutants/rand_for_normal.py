"""The noise is normal, with mean 0: rng.random() gives numbers between 0 and 1.

fails: sets_mean, sets_spread, sets_normal, sets_seed
diagnosis: none
"""

import numpy as np


def noisy_sets(values, sigma, count, seed):
    return values + sigma * np.random.default_rng(seed).random((count, len(values)))
