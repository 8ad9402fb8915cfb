"""The number of hidden layers is the depth.

fails: sawtooth_shallow, sawtooth_deep, sawtooth_width, sawtooth_outside, sawtooth_high, sawtooth_refuses
diagnosis: none
"""

_sawtooth = sawtooth


def sawtooth(depth):
    return _sawtooth(depth + 1)
