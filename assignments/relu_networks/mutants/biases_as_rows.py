"""A bias has shape (H,), not (1, H).

fails: hinges_width, interpolant_width, interpolant_two, sawtooth_width
diagnosis: keepdims
"""

_sawtooth = sawtooth
_hinges = hinges


def hinges(at, changes):
    (W, b), last = _hinges(at, changes)
    return [(W, b[None, :]), last]


def sawtooth(depth):
    return [(W, b[None, :]) for W, b in _sawtooth(depth)]
