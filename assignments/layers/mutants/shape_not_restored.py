"""dx has the shape of the flattened x: a gradient looks like its argument, so give it the shape of x again.

fails: affine_shapes, affine_backward_images
diagnosis: none
"""


def affine_backward(dout, cache):
    x, w = cache
    flat = x.reshape(len(x), -1)
    return dout @ w.T, flat.T @ dout, dout.sum(axis=0)
