"""Another seed gives other noise.

fails: sets_seed
diagnosis: none
"""

import numpy as np


def noisy_sets(values, sigma, count, seed):
    return np.random.default_rng(0).normal(values, sigma, (count, len(values)))
