"""The expected error is a mean over the points, not a sum.

fails: error
diagnosis: missing-mean
"""

import numpy as np


def expected_error(predictions, targets):
    return np.sum(np.mean((targets[:, None] - predictions) ** 2, axis=(0, 1))).item()
