"""predict returns the highest score instead of its class.

fails: predict
diagnosis: none
"""

import numpy as np


def predict(params, X):
    return np.max(forward(params, X), axis=1)
