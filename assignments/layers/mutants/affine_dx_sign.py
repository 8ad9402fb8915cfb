"""dx has the sign of descent: it is the direction in which the loss grows.

fails: affine_dx, affine_backward_images, affine_cost
diagnosis: sign
"""

_right_affine_backward = affine_backward


def affine_backward(dout, cache):
    dx, dw, db = _right_affine_backward(dout, cache)
    return -dx, dw, db
