"""The gradient of the penalty is in the gradients, and the penalty itself is not in the loss.

fails: loss_penalty, two_history, two_penalty
diagnosis: none
"""

_right = penalty


def penalty(params, reg):
    return 0.0, _right(params, reg)[1]
