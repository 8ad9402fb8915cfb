"""A matrix by a scalar keeps the matrix's shape: it is the one place where this course follows numerator layout.

fails: shape_of_matrices, shape_undefined_pairs
diagnosis: none
"""

_shape_kept = gradient_shape


def gradient_shape(numerator, denominator):
    shape = _shape_kept(numerator, denominator)
    return shape[::-1] if denominator == () and len(numerator) == 2 and numerator[1] > 1 else shape
