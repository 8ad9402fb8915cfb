"""The gradient by x is a row; a gradient looks like its argument, and x is a column.

fails: affine_by_x
diagnosis: row-for-column
"""

_all_columns = d_affine_loss


def d_affine_loss(W, x, b, y):
    dW, dx, db, dz = _all_columns(W, x, b, y)
    return dW, dx.T, db, dz
