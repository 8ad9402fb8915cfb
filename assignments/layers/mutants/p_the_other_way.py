"""p is taken for the probability of being dropped: here it is that of staying.

fails: dropout_train, dropout_share, dropout_dx
diagnosis: factor
"""

_right_dropout_forward = dropout_forward


def dropout_forward(x, dropout_param):
    return _right_dropout_forward(x, dict(dropout_param, p=1 - dropout_param["p"]))
