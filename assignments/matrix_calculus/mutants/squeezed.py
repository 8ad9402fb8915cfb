"""np.squeeze drops the axis of length 1: the derivative of a single output is a column, (n, 1), not (n,).

fails: scaled_one_output, sum_of_two_one_output, chain_one_output, dot, quadratic
diagnosis: keepdims
"""

import numpy as np

_dot_column, _quadratic_column = d_dot, d_quadratic


def d_scaled(a, du_dx):
    return np.squeeze(a * du_dx)


def d_sum(dv_dx, du_dx):
    return np.squeeze(dv_dx + du_dx)


def d_chain(du_dx, dg_du):
    return np.squeeze(du_dx @ dg_du)


def d_dot(u, v, du_dx, dv_dx):
    return np.squeeze(_dot_column(u, v, du_dx, dv_dx))


def d_quadratic(A, x):
    return np.squeeze(_quadratic_column(A, x))
