"""The best parameters are the same array as the current ones, so later steps change them: keep a copy.

fails: early_best, early_edges
diagnosis: none
"""


def descend_early(w, X, y, X_val, y_val, lr, steps, patience):
    w = w.copy()
    best, least, waited = w, linear_loss(w, X_val, y_val), 0
    for t in range(1, steps + 1):
        w -= lr * linear_gradient(w, X, y)
        loss = linear_loss(w, X_val, y_val)
        if loss < least:
            best, least, waited = w, loss, 0
        else:
            waited += 1
        if waited == patience:
            return best, t
    return best, steps
