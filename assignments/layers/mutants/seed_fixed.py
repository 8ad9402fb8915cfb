"""Every call draws the same mask: the generator is seeded with a number of your own.

fails: dropout_seed, dropout_fresh
diagnosis: none
"""

_right_dropout_forward = dropout_forward


def dropout_forward(x, dropout_param):
    return _right_dropout_forward(x, dict(dropout_param, seed=231))
