"""epsilon is added to the root of v before v is corrected: correct v first.

fails: adam_epsilon
diagnosis: none
"""

import numpy as np

_right_adam = adam


def adam(w, dw, config=None):
    _, config = _right_adam(w, dw, config)
    correction = np.sqrt(1 - config["beta2"] ** config["t"]) / (1 - config["beta1"] ** config["t"])
    return w - config["learning_rate"] * correction * config["m"] / (np.sqrt(config["v"]) + config["epsilon"]), config
