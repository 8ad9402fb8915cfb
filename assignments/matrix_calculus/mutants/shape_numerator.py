"""gradient_shape has numerator layout for vectors: the denominator's size comes first here.

fails: shape_of_vectors, shape_undefined, shape_undefined_pairs
diagnosis: none
"""

_in_denominator_layout = gradient_shape


def gradient_shape(numerator, denominator):
    shape = _in_denominator_layout(numerator, denominator)
    return shape[::-1] if "matrix" not in _kinds(numerator, denominator) else shape


def _kinds(*shapes):
    return ["matrix" if len(shape) == 2 and shape[1] > 1 else "other" for shape in shapes]
