"""This bound holds for x = 1 only.

fails: one_loss
diagnosis: none
"""


def oscillates(x, lr):
    return bool(lr > 1)
