"""x is taken to have two axes: flatten each example before the product.

fails: affine_forward_images, affine_shapes, affine_backward_images
diagnosis: none
"""


def affine_forward(x, w, b):
    return x.dot(w) + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout.dot(w.T), x.T.dot(dout), dout.sum(axis=0)
