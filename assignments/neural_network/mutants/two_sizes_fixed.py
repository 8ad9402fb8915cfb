"""Sizes are written into the code: take them from the arrays.

fails: two_scores
diagnosis: none
"""

import numpy as np

_any = TwoLayerNet.loss


def loss_of_five(self, X, y=None, reg=0.0):
    if y is None:
        return _any(self, X)
    data_loss, grads = _any(self, X, y)
    penalised, d_weights = penalty(self.params, reg)
    for name in grads:
        grads[name] = grads[name] * len(X) / 5 + d_weights.get(name, 0)
    return np.float64(data_loss * len(X) / 5 + penalised), grads


TwoLayerNet.loss = loss_of_five
