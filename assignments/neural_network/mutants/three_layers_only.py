"""The number of layers is written into the code: take it from the parameters.

fails: two_scores
diagnosis: none
"""

_any = activations


def activations(params, X):
    if len(params) != 6:
        raise KeyError("W3")
    return _any(params, X)
