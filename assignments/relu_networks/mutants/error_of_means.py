"""The error is squared for each target and each prediction, before any mean is taken.

fails: error
diagnosis: none
"""

import numpy as np


def expected_error(predictions, targets):
    return np.mean((targets.mean(axis=0) - predictions.mean(axis=0)) ** 2).item()
