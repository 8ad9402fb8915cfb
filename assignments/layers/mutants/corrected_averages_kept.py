"""The corrected averages are put into config, and corrected again in the next step: keep m and v as they are.

fails: adam_steps, adam_state, adam_epsilon, update_defaults
diagnosis: factor
"""

_right_adam = adam


def adam(w, dw, config=None):
    w, config = _right_adam(w, dw, config)
    config["m"] = config["m"] / (1 - config["beta1"] ** config["t"])
    config["v"] = config["v"] / (1 - config["beta2"] ** config["t"])
    return w, config
