"""The number of layers is written into the code: take it from the parameters.

fails: forward_depths, gradient_cost, gradient_depths, learns_digits, learns_moons
diagnosis: none
"""

_any = activations


def activations(params, X):
    if len(params) != 6:
        raise KeyError("W3")
    return _any(params, X)
