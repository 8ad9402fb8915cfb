"""The loss is a sum over the examples: take the mean.

fails: gradient_depths, loss, loss_large, two_few, two_history, two_large, two_loss, two_twice
diagnosis: missing-mean
"""

_right = cross_entropy


def cross_entropy(scores, y):
    value, d_scores = _right(scores, y)
    return value * (len(y) if len(y) > 8 else 1), d_scores
