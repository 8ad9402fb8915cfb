"""Testing multiplies by p, but training has divided by it already: leave x as it is.

fails: dropout_test, dropout_dx_test
diagnosis: factor
"""

_right_dropout_forward = dropout_forward


def dropout_forward(x, dropout_param):
    out, mask = _right_dropout_forward(x, dropout_param)
    return (x * dropout_param["p"], dropout_param["p"]) if mask is None else (out, mask)
