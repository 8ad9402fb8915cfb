"""Units of every hidden layer bend the function, not those of the first alone.

fails: kinks_two_layers, kinks_deep, kinks_masked
diagnosis: none
"""

_kinks = kinks


def kinks(params, lo, hi):
    if len(params) < 2:
        return _kinks(params, lo, hi)
    (W, b), (V, c) = params[:2]
    return _kinks([(W, b), (V[:, :1], c[:1])], lo, hi)
