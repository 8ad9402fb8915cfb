"""The learning rate without a config is another one: 1e-2 here, and 1e-3 for adam.

fails: update_defaults
diagnosis: none
"""

_right_sgd = sgd


def sgd(w, dw, config=None):
    return _right_sgd(w, dw, {"learning_rate": 1e-3} if config is None else config)
