"""The gradients are sums over the examples, although the loss is a mean: their 1/N is missing.

fails: two_scores
diagnosis: missing-mean
"""

_right = cross_entropy
_sgd = sgd
_train = TwoLayerNet.train


def cross_entropy(scores, y):
    value, d_scores = _right(scores, y)
    return value, d_scores * len(y)
