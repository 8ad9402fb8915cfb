"""The penalty is in the loss, and its gradient is not in the gradients.

fails: gradient_penalty, sgd_penalty, train_batches, two_history, two_penalty_W1, two_penalty_W2, two_steps
diagnosis: missing-l2
"""

_right = penalty


def penalty(params, reg):
    return _right(params, reg)[0], {}
