"""Large scores overflow the exponential: subtract the largest score of each example first.

fails: loss_large, two_large
diagnosis: none
"""

import numpy as np


def cross_entropy(scores, y):
    rows = np.arange(len(y))
    exponentials = np.exp(scores)
    totals = np.sum(exponentials, axis=1, keepdims=True)
    d_scores = exponentials / totals
    d_scores[rows, y] -= 1
    return np.mean(np.log(totals[:, 0]) - scores[rows, y]), d_scores / len(y)
