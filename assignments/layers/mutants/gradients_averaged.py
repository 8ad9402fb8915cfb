"""dw is divided by N: the mean, if there is one, belongs to the loss, and dout has it already.

fails: affine_dw, affine_backward_images
diagnosis: factor
"""

_right_affine_backward = affine_backward


def affine_backward(dout, cache):
    dx, dw, db = _right_affine_backward(dout, cache)
    return dx, dw / len(dout), db
