"""b is used by every example, and its gradient has a row for each.

fails: hand_bias
diagnosis: not-summed-over-batch
"""


def loss_by_hand(W, b, X, Y):
    a = np.tanh(X @ W + b)
    dz = (a - Y) * (1 - a**2) / len(X)
    return X.T @ dz, dz
