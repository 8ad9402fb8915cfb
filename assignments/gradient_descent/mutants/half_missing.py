"""The 1/2 in front of the square is missing.

fails: one_loss
diagnosis: factor
"""


def one_loss(w, x, y):
    return (x * w - y) ** 2
