"""Training goes on to the end: it has to stop when the patience is at an end.

fails: early_steps, early_edges
diagnosis: none
"""


def descend_early(w, X, y, X_val, y_val, lr, steps, patience):
    best, least = w, linear_loss(w, X_val, y_val)
    for _ in range(steps):
        w = w - lr * linear_gradient(w, X, y)
        if linear_loss(w, X_val, y_val) < least:
            best, least = w, linear_loss(w, X_val, y_val)
    return best, steps
