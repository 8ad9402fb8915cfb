"""The gradient is a 1-D array; a gradient looks like its argument, and w is a column.

fails: half_square_gradient, least_squares_gradient
diagnosis: keepdims
"""

_half_square_column, _least_squares_column = d_half_square, d_least_squares


def d_half_square(w, x, y):
    return _half_square_column(w, x, y).ravel()


def d_least_squares(w, X, y):
    return _least_squares_column(w, X, y).ravel()
