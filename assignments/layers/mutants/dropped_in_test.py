"""In testing, too, entries are dropped.

fails: dropout_test, dropout_dx_test
diagnosis: none
"""

_right_dropout_forward = dropout_forward


def dropout_forward(x, dropout_param):
    return _right_dropout_forward(x, dict(dropout_param, mode="train"))
