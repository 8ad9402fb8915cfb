"""epsilon is added below the root: here it is added to the root.

fails: rmsprop_epsilon, adam_epsilon
diagnosis: none
"""

import numpy as np

_rmsprop, _adam = rmsprop, adam


def rmsprop(w, dw, config=None):
    _, config = _rmsprop(w, dw, config)
    return w - config["learning_rate"] * dw / np.sqrt(config["cache"] + config["epsilon"]), config


def adam(w, dw, config=None):
    _, config = _adam(w, dw, config)
    m = config["m"] / (1 - config["beta1"] ** config["t"])
    v = config["v"] / (1 - config["beta2"] ** config["t"])
    return w - config["learning_rate"] * m / np.sqrt(v + config["epsilon"]), config
