"""The loss is a sum over the examples: take the mean.

fails: two_scores
diagnosis: none
"""

_right = cross_entropy


def cross_entropy(scores, y):
    value, d_scores = _right(scores, y)
    return value * len(y), d_scores
