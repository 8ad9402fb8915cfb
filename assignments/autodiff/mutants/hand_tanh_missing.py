"""The chain rule leaves tanh out.

fails: hand_weights, hand_bias, hand_exact
diagnosis: none
"""


def loss_by_hand(W, b, X, Y):
    dz = (np.tanh(X @ W + b) - Y) / len(X)
    return X.T @ dz, dz.sum(axis=0)
