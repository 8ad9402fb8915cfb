"""One mask is drawn for all examples: every entry is dropped by itself.

fails: dropout_share
diagnosis: none
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if mode == "test":
        return x, None
    mask = (np.random.rand(*x.shape[1:]) < p) / p
    return x * mask, np.broadcast_to(mask, x.shape)
