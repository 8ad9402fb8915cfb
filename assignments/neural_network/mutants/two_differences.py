"""The gradient by finite differences costs two losses for each weight: derive it.

fails: two_cost
diagnosis: none
"""

import numpy as np

_right = TwoLayerNet.loss
_train = TwoLayerNet.train


def differences(self, X, y=None, reg=0.0):
    value = _right(self, X, y, reg)
    if y is None:
        return value
    grads = {}
    for name, array in self.params.items():
        grads[name] = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            ends = []
            for step in (1e-5, -1e-5):
                moved = array.copy()
                moved[index] += step
                self.params[name] = moved
                ends.append(_right(self, X, y, reg)[0])
            self.params[name] = array
            grads[name][index] = (ends[0] - ends[1]) / 2e-5
    return value[0], grads


def quickly(self, *data, **options):
    """So that only the cost tells."""
    TwoLayerNet.loss = _right
    history = _train(self, *data, **options)
    TwoLayerNet.loss = differences
    return history


TwoLayerNet.loss = differences
TwoLayerNet.train = quickly
