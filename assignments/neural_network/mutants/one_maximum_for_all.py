"""The largest score of all examples is subtracted, and where scores are far below it all exponentials are 0.

fails: loss_large, two_large
diagnosis: none
"""

import numpy as np


def cross_entropy(scores, y):
    rows = np.arange(len(y))
    shifted = scores - np.max(scores)
    exponentials = np.exp(shifted)
    totals = np.sum(exponentials, axis=1, keepdims=True)
    d_scores = exponentials / totals
    d_scores[rows, y] -= 1
    return np.mean(np.log(totals[:, 0]) - shifted[rows, y]), d_scores / len(y)
