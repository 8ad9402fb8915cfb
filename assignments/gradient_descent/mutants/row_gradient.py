"""In denominator layout the gradient by w is a column, like w.

fails: one_loss
diagnosis: none
"""


def linear_gradient(w, X, y):
    return (X @ w - y).T @ X / len(y)


def linear_descent(w, X, y, lr, steps):
    import numpy as np

    losses = [linear_loss(w, X, y)]
    for _ in range(steps):
        w = w - lr * linear_gradient(w, X, y).T
        losses.append(linear_loss(w, X, y))
    return w, np.array(losses)


def minibatch_gradient(w, X, y, rows):
    return linear_gradient(w, X[rows], y[rows]).T


def batch_noise(w, X, y, size):
    from itertools import combinations

    import numpy as np

    full = linear_gradient(w, X, y).T
    batches = combinations(range(len(y)), size)
    return np.mean([np.sum((minibatch_gradient(w, X, y, list(rows)) - full) ** 2) for rows in batches]).item()


def ridge_gradient(c, F, y, strength):
    return linear_gradient(c, F, y).T + strength * c


def descend_early(w, X, y, X_val, y_val, lr, steps, patience):
    best, least, waited = w, linear_loss(w, X_val, y_val), 0
    for t in range(1, steps + 1):
        w = w - lr * linear_gradient(w, X, y).T
        loss = linear_loss(w, X_val, y_val)
        if loss < least:
            best, least, waited = w, loss, 0
        else:
            waited += 1
        if waited == patience:
            return best, t
    return best, steps
