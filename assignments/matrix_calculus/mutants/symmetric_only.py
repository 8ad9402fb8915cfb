"""2Ax is the gradient of x^T A x only for a symmetric A; in general it is (A + A^T) x.

fails: quadratic, form_gradient
diagnosis: none
"""


def d_quadratic(A, x):
    return 2 * A @ column(x)


def d_form(x, A, z):
    return 2 * A @ column(x) + column(z, "z")
