"""A mask is kept for the next call and only some of its entries are drawn anew: each call has one of its own.

fails: dropout_fresh
diagnosis: none
"""

import numpy as np

_right_dropout_forward, _kept = dropout_forward, {}


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test" or "seed" in dropout_param:
        return _right_dropout_forward(x, dropout_param)
    old = _kept.setdefault((x.shape, p), np.random.rand(*x.shape) < p)
    fresh = np.random.rand(*x.shape) < 0.15
    mask = np.where(fresh, np.random.rand(*x.shape) < p, old) / p
    return x * mask, mask
