"""The derivative of a square has a factor 2, which the gradient of the penalty lacks.

fails: gradient_penalty, sgd_penalty, train_batches, two_history, two_penalty_W1, two_penalty_W2, two_steps
diagnosis: factor
"""

_right = penalty


def penalty(params, reg):
    return _right(params, reg)[0], _right(params, reg / 2)[1]
