"""The velocity has the other sign: here it is what is added to w, not what is subtracted.

fails: momentum_velocity
diagnosis: none
"""

import numpy as np

_right_sgd_momentum = sgd_momentum


def sgd_momentum(w, dw, config=None):
    config = {} if config is None else config
    config["velocity"] = -config.get("velocity", np.zeros_like(w))
    w, config = _right_sgd_momentum(w, dw, config)
    config["velocity"] = -config["velocity"]
    return w, config
