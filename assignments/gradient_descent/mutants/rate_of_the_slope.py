"""The best rate is one over the curvature, the second derivative of the loss.

fails: one_loss
diagnosis: none
"""


def best_rate(x):
    return 1 / x
