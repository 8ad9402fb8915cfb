"""db is averaged over the batch: what b changes adds up over the examples.

fails: affine_db
diagnosis: factor
"""

_right_affine_backward = affine_backward


def affine_backward(dout, cache):
    dx, dw, _ = _right_affine_backward(dout, cache)
    return dx, dw, dout.mean(axis=0)
