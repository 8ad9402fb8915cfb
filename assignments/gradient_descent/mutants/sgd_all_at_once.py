"""Each step starts where the last one ended, with the gradient there.

fails: one_loss
diagnosis: none
"""


def sgd(w, X, y, batches, lr):
    return w - lr * sum(minibatch_gradient(w, X, y, rows) for rows in batches)
