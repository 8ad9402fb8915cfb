"""Training stops after as many steps without a new best as patience says, not one later.

fails: stopping, stopping_edges, early_steps, early_edges
diagnosis: none
"""


def stop_at(losses, patience):
    if patience < 1:
        raise ValueError("patience must be at least 1")
    best = 0
    for t in range(len(losses)):
        if losses[t] < losses[best]:
            best = t
        if t - best > patience:
            return best, t
    return best, len(losses) - 1


def descend_early(w, X, y, X_val, y_val, lr, steps, patience):
    best, least, waited = w, linear_loss(w, X_val, y_val), 0
    for t in range(1, steps + 1):
        w = w - lr * linear_gradient(w, X, y)
        loss = linear_loss(w, X_val, y_val)
        if loss < least:
            best, least, waited = w, loss, 0
        else:
            waited += 1
        if waited > patience:
            return best, t
    return best, steps
