"""Without y, loss returns the scores, not their softmax.

fails: two_scores
diagnosis: none
"""

import numpy as np

_right = TwoLayerNet.loss


def softmax_for_scores(self, X, y=None, reg=0.0):
    if y is not None:
        return _right(self, X, y, reg)
    exponentials = np.exp(_right(self, X))
    return exponentials / np.sum(exponentials, axis=1, keepdims=True)


TwoLayerNet.loss = softmax_for_scores
