"""This is the rate from which on nothing converges; the best rate makes the error factor zero.

fails: one_loss
diagnosis: none
"""


def best_rate(x):
    return 2 / x**2
