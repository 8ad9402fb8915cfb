"""The bias is not added.

fails: affine_forward, affine_forward_images
diagnosis: none
"""


def affine_forward(x, w, b):
    return x.reshape(x.shape[0], -1) @ w, (x, w)
