"""The loss is a mean over the examples, so its gradient is divided by m as well.

fails: linear_gradient, linear_steps, linear_losses, linear_arrives, minibatch, minibatch_unbiased, noise,
noise_of_extremes, sgd_steps, ridge_gradient, early_best, early_steps, early_edges
diagnosis: missing-mean
"""


def linear_gradient(w, X, y):
    return X.T @ (X @ w - y)
