"""Examples are flattened so that the first index runs fastest: the interface has the last one run fastest.

fails: affine_forward_images, affine_backward_images
diagnosis: none
"""


def affine_forward(x, w, b):
    return x.reshape(x.shape[0], -1, order="F") @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    flat = x.reshape(x.shape[0], -1, order="F")
    return (dout @ w.T).reshape(x.shape, order="F"), flat.T @ dout, dout.sum(axis=0)
