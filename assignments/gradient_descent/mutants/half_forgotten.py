"""The 1/2 in front of the square cancels the 2 that its derivative brings.

fails: one_loss
diagnosis: none
"""


def one_gradient(w, x, y):
    return 2 * x * (x * w - y)
