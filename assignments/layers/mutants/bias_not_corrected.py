"""The averages start at 0 and are too small at first: divide them by 1 - beta^t.

fails: adam_steps, adam_state, adam_epsilon, update_defaults
diagnosis: none
"""

import numpy as np

_right_adam = adam


def adam(w, dw, config=None):
    _, config = _right_adam(w, dw, config)
    return w - config["learning_rate"] * config["m"] / (np.sqrt(config["v"]) + config["epsilon"]), config
