"""predict returns the highest score instead of its class.

fails: two_learns, two_predict
diagnosis: none
"""

import numpy as np


def highest(self, X):
    return np.max(self.loss(X), axis=1)


TwoLayerNet.predict = highest
