"""The gradient enters the velocity times 1 - momentum: here it enters whole.

fails: momentum_steps, momentum_velocity, update_defaults
diagnosis: none
"""

_right_sgd_momentum = sgd_momentum


def sgd_momentum(w, dw, config=None):
    return _right_sgd_momentum(w, dw * (1 - (config or {}).get("momentum", 0.9)), config)
