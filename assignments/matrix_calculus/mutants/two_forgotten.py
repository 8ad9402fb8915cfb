"""The 2 of the square is missing in all four gradients of ||z - y||^2.

fails: affine_by_W, affine_by_x, affine_by_b, affine_by_z
diagnosis: factor
"""


def d_affine_loss(W, x, b, y):
    x, b, y = column(x), column(b, "b"), column(y, "y")
    dz = W @ x + b - y
    return dz @ x.T, W.T @ dz, dz, dz
