"""dw has the shape (M, D): a gradient looks like its argument, and w is (D, M).

fails: affine_shapes, affine_dw, affine_backward_images
diagnosis: transposed
"""

_right_affine_backward = affine_backward


def affine_backward(dout, cache):
    dx, dw, db = _right_affine_backward(dout, cache)
    return dx, dw.T, db
