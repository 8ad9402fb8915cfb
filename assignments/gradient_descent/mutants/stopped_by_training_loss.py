"""The training loss goes on falling while the model overfits: watch the validation loss.

fails: early_best, early_steps, early_edges
diagnosis: none
"""


def descend_early(w, X, y, X_val, y_val, lr, steps, patience):
    best, least, waited = w, linear_loss(w, X, y), 0
    for t in range(1, steps + 1):
        w = w - lr * linear_gradient(w, X, y)
        loss = linear_loss(w, X, y)
        if loss < least:
            best, least, waited = w, loss, 0
        else:
            waited += 1
        if waited == patience:
            return best, t
    return best, steps
