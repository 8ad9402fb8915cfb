"""The mask compares normal random numbers with p: uniform ones from 0 to 1 are below p with probability p.

fails: dropout_share, dropout_seed, dropout_fresh
diagnosis: none
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if mode == "test":
        return x, None
    mask = (np.random.randn(*x.shape) < p) / p
    return x * mask, mask
