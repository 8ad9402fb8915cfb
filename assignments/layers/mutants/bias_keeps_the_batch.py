"""b is added to every example, so its gradient is the sum over the batch.

fails: affine_shapes, affine_db
diagnosis: not-summed-over-batch
"""

_right_affine_backward = affine_backward


def affine_backward(dout, cache):
    dx, dw, _ = _right_affine_backward(dout, cache)
    return dx, dw, dout
