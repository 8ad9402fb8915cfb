"""These are the last parameters, not those with the least validation loss.

fails: one_loss
diagnosis: none
"""


def descend_early(w, X, y, X_val, y_val, lr, steps, patience):
    least, waited = linear_loss(w, X_val, y_val), 0
    for t in range(1, steps + 1):
        w = w - lr * linear_gradient(w, X, y)
        loss = linear_loss(w, X_val, y_val)
        if loss < least:
            least, waited = loss, 0
        else:
            waited += 1
        if waited == patience:
            return w, t
    return w, steps
