"""The gradient of the loss does not divide by N as the loss does.

fails: hand_weights, hand_bias, hand_exact
diagnosis: missing-mean
"""


def loss_by_hand(W, b, X, Y):
    a = np.tanh(X @ W + b)
    dz = (a - Y) * (1 - a**2)
    return X.T @ dz, dz.sum(axis=0)
