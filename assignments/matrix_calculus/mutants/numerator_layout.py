"""You wrote the derivatives in numerator layout; this course puts what you differentiate by first.

fails: constant, linear, row_linear
diagnosis: numerator-layout
"""

import numpy as np


def d_constant(a, x):
    return np.zeros((len(column(a, "a")), len(column(x))))


def d_linear(A, x):
    column(x)
    return A.copy()


def d_row_linear(x, A):
    column(x)
    return A.T.copy()
