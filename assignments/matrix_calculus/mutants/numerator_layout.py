"""You wrote the derivatives in numerator layout; this course puts what you differentiate by first.

fails: constant, linear, row_linear, scaled, scaled_one_output, product, sum_of_two, sum_of_two_one_output,
    matrix_times, matrix_times_square, chain, chain_one_output
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


def d_scaled(a, du_dx):
    return a * du_dx.T


def d_product(v, u, dv_dx, du_dx):
    return v * du_dx.T + column(u, "u") @ column(dv_dx, "dv_dx").T


def d_sum(dv_dx, du_dx):
    return dv_dx.T + du_dx.T


def d_matrix_times(A, du_dx):
    return A @ du_dx.T


def d_chain(du_dx, dg_du):
    return dg_du.T @ du_dx.T
