"""t is not counted on: config holds the number of steps that were made, so put the new one into it.

fails: adam_steps, adam_state, adam_epsilon, update_defaults
diagnosis: none
"""

_right_adam = adam


def adam(w, dw, config=None):
    t = (config or {}).get("t", 0)
    w, config = _right_adam(w, dw, config)
    return w, dict(config, t=t)
