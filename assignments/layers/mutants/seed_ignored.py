"""The seed is not used: with it the same mask is drawn each time.

fails: dropout_seed, dropout_cache
diagnosis: none
"""

_right_dropout_forward = dropout_forward


def dropout_forward(x, dropout_param):
    return _right_dropout_forward(x, {key: value for key, value in dropout_param.items() if key != "seed"})
