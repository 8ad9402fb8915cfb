"""dx is the probabilities alone: the right class's score is also in the numerator, which takes 1 from it.

fails: softmax_dx, softmax_large, softmax_far, softmax_labels, softmax_cost
diagnosis: none
"""

import numpy as np

_right_softmax_loss = softmax_loss


def softmax_loss(x, y):
    loss, dx = _right_softmax_loss(x, y)
    dx[np.arange(len(x)), y] += 1 / len(x)
    return loss, dx
