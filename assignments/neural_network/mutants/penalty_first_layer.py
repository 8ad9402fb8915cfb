"""The penalty counts the weights of the first layer alone.

fails: gradient_penalty, loss_penalty, sgd_penalty, train_batches, two_history, two_penalty, two_penalty_W2, two_steps
diagnosis: missing-l2
"""

_right = penalty


def penalty(params, reg):
    return _right({"W1": params["W1"]}, reg)
