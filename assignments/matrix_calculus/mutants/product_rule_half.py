"""The product rule has two terms; only the first one is there.

fails: product, dot
diagnosis: none
"""


def d_product(v, u, dv_dx, du_dx):
    column(u, "u"), column(dv_dx, "dv_dx")
    return v * du_dx


def d_dot(u, v, du_dx, dv_dx):
    column(u, "u")
    return du_dx @ column(v, "v")
