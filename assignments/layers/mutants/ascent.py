"""The update climbs: subtract the gradient.

fails: sgd_steps, momentum_steps, momentum_velocity, update_defaults
diagnosis: none
"""

_sgd, _momentum = sgd, sgd_momentum


def sgd(w, dw, config=None):
    return _sgd(w, -dw, config)


def sgd_momentum(w, dw, config=None):
    return _momentum(w, -dw, config)
