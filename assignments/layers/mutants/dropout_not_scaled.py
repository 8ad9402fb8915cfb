"""What stays is not divided by the probability of staying, so that testing sees larger values than training.

fails: dropout_train, dropout_dx
diagnosis: factor
"""

_right_dropout_forward = dropout_forward


def dropout_forward(x, dropout_param):
    _, mask = _right_dropout_forward(x, dropout_param)
    return (x, None) if mask is None else (x * (mask > 0), (mask > 0) * 1.0)
