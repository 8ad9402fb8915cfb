"""The squares are added up and never forgotten: that is AdaGrad, and here their average decays.

fails: rmsprop_steps, rmsprop_cache, rmsprop_epsilon, update_defaults
diagnosis: none
"""

import numpy as np


def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    config.setdefault("cache", np.zeros_like(w))
    config["cache"] = config["cache"] + dw**2
    step = config.get("learning_rate", 1e-2) * dw / (np.sqrt(config["cache"]) + config.get("epsilon", 1e-8))
    return w - step, config
