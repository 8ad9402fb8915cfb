"""A unit is at its bend where W x + b = 0.

fails: kinks_one_layer, kinks_two_layers, kinks_deep, kinks_twice, kinks_cancel,
    kinks_dead, kinks_masked, kinks_close, kinks_ends
diagnosis: none
"""

_kinks = kinks


def kinks(params, lo, hi):
    if len(params) < 2:
        return _kinks(params, lo, hi)
    (W, b), *others = params
    return _kinks([(W, -b), *others], lo, hi)
