"""The same seed gives the same noise each time: make a generator from it.

fails: sets_seed
diagnosis: none
"""

import numpy as np

_rng = np.random.default_rng(12)


def noisy_sets(values, sigma, count, seed):
    return _rng.normal(values, sigma, (count, len(values)))
