"""1-D arrays are turned into columns in silence; the handout asks for ValueError.

fails: constant_flat, identity_flat, linear_flat, row_linear_flat, product_flat, dot_flat, quadratic_flat,
    form_flat, half_square_flat, least_squares_flat, affine_flat
diagnosis: none
"""

import numpy as np


def column(x, name="x"):
    return np.asarray(x).reshape(-1, 1)
