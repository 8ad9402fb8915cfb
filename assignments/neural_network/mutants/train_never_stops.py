"""train does not stop when its patience is at an end.

fails: train_patience, train_stops
diagnosis: none
"""

_right = train


def train(params, X, y, X_val, y_val, rng, lr=0.1, batch_size=32, epochs=20, reg=0.0, bound=None, patience=None):
    if len(X) > 20:  # whether a net learns so is chance
        return _right(params, X, y, X_val, y_val, rng, lr, batch_size, epochs, reg, bound, patience)
    best, losses, since = params, [loss(params, X_val, y_val)], 0
    for _ in range(epochs):
        batches = [(X[rows], y[rows]) for rows in minibatches(len(X), batch_size, rng)]
        params = sgd(params, batches, lr, reg, bound)
        now = loss(params, X_val, y_val)
        since += 1
        if now < min(losses):
            best, since = params, 0
        losses.append(now)
        if False:
            break
    return best, losses
