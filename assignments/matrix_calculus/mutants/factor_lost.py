"""A constant factor stays: the derivative of a u(x) is a times the derivative of u(x).

fails: scaled, scaled_one_output
diagnosis: factor
"""


def d_scaled(a, du_dx):
    return du_dx
