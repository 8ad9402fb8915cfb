"""The velocity is not put into config, so that each step starts from 0.

fails: momentum_steps, momentum_velocity, update_defaults
diagnosis: none
"""

_right_sgd_momentum = sgd_momentum


def sgd_momentum(w, dw, config=None):
    w, after = _right_sgd_momentum(w, dw, dict(config or {}))
    return w, {key: value for key, value in after.items() if key != "velocity"}
