"""Biases begin as zero.

fails: initialise_shapes
diagnosis: none
"""

_right = initialise


def initialise(sizes, rng):
    params = _right(sizes, rng)
    return {name: 0.1 * rng.standard_normal(a.shape) if name.startswith("b") else a for name, a in params.items()}
