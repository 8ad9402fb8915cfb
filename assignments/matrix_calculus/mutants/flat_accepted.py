"""1-D arrays are turned into columns in silence; the handout asks for ValueError.

fails: constant_refuses, identity_refuses, linear_refuses, row_linear_refuses, product_refuses, dot_refuses,
    quadratic_refuses, sigmoid_refuses, softmax_refuses, softplus_refuses, form_refuses, half_square_refuses,
    least_squares_refuses, affine_refuses
diagnosis: none
"""

import numpy as np

_column_only = column


def column(x, name="x"):
    return np.reshape(x, (-1, 1)) if np.ndim(x) == 1 else _column_only(x, name)
