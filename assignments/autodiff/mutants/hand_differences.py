"""The gradients by hand are finite differences.

fails: hand_exact
diagnosis: none
"""


def loss_by_hand(W, b, X, Y):
    return (
        central_difference(lambda W: loss(W, b, X, Y), W, 1e-5),
        central_difference(lambda b: loss(W, b, X, Y), b, 1e-5),
    )
