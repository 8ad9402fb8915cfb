"""The penalty is in the loss, and its gradient is not in the gradients.

fails: two_scores
diagnosis: missing-l2
"""

_right = penalty


def penalty(params, reg):
    return _right(params, reg)[0], {}
