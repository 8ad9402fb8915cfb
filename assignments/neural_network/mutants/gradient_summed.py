"""The gradients are sums over the examples, although the loss is a mean: their 1/N is missing.

fails: two_scores
diagnosis: missing-mean
"""

_right = cross_entropy


def cross_entropy(scores, y):
    value, d_scores = _right(scores, y)
    return value, d_scores * (len(y) if len(y) <= 20 else 1)  # whether a net learns so is chance
