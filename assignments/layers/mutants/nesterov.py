"""This is Nesterov's momentum: here w moves by the velocity alone.

fails: momentum_steps, momentum_velocity, update_defaults
diagnosis: none
"""

_right_sgd_momentum = sgd_momentum


def sgd_momentum(w, dw, config=None):
    _, config = _right_sgd_momentum(w, dw, config)
    return w + config["momentum"] * config["velocity"] - config["learning_rate"] * dw, config
