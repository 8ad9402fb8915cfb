"""decay_rate is the weight of the new square: it says how much of the old average stays.

fails: rmsprop_steps, rmsprop_cache, rmsprop_epsilon, update_defaults
diagnosis: none
"""

_right_rmsprop = rmsprop


def rmsprop(w, dw, config=None):
    config = {} if config is None else config
    decay = config.get("decay_rate", 0.99)
    w, after = _right_rmsprop(w, dw, dict(config, decay_rate=1 - decay))
    return w, dict(after, decay_rate=decay)
