"""A factor below -1 makes the error grow as well: its size counts.

fails: one_loss
diagnosis: none
"""


def converges(x, lr):
    return bool(error_factor(x, lr) < 1)
