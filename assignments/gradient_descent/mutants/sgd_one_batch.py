"""Each step takes the next mini-batch, not always the first.

fails: sgd_steps
diagnosis: none
"""


def sgd(w, X, y, batches, lr):
    for _ in batches:
        w = w - lr * minibatch_gradient(w, X, y, batches[0])
    return w
