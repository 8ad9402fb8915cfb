"""dx has nothing for the wrong classes: their scores stand in the denominator of every probability.

fails: softmax_dx, softmax_large, softmax_far, softmax_labels, softmax_cost
diagnosis: softmax-diagonal
"""

import numpy as np

_right_softmax_loss = softmax_loss


def softmax_loss(x, y):
    loss, dx = _right_softmax_loss(x, y)
    return loss, dx * (np.arange(x.shape[1]) == np.asarray(y)[:, None])
