"""The best rate is one over the curvature, the second derivative of the loss.

fails: best
diagnosis: none
"""


def best_rate(x):
    return 1 / x
