"""The gradients are sums over the examples, although the loss is a mean: their 1/N is missing.

fails: gradient_depths, gradient_first, gradient_first_bias, gradient_last, gradient_last_bias, gradient_middle,
    gradient_middle_bias, loss_large, sgd_penalty, sgd_steps, train_batches, train_best, train_patience, train_stops,
    two_few, two_gradient_W1, two_gradient_W2, two_gradient_b1, two_gradient_b2, two_history, two_large, two_steps,
    two_twice
diagnosis: missing-mean
"""

_right = cross_entropy


def cross_entropy(scores, y):
    value, d_scores = _right(scores, y)
    return value, d_scores * (len(y) if len(y) <= 20 else 1)  # whether a net learns so is chance
