"""The penalty has another factor in front, and so has its gradient; the handout gives the one of this course.

fails: gradient_penalty, loss_penalty, sgd_penalty, train_batches, two_history, two_penalty, two_penalty_W1,
    two_penalty_W2, two_steps
diagnosis: factor
"""

_right = penalty


def penalty(params, reg):
    return _right(params, reg / 2)
