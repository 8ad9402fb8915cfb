"""The derivative of a square has a factor 2, which the gradient of the penalty lacks.

fails: two_scores
diagnosis: factor
"""

_right = penalty


def penalty(params, reg):
    return _right(params, reg)[0], _right(params, reg / 2)[1]
