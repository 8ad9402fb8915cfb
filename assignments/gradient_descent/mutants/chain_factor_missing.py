"""The chain rule: what is inside the square is x w - y, and its derivative by w is a factor of the gradient.

fails: one_gradient, path_elsewhere, clipped_elsewhere
diagnosis: none
"""


def one_gradient(w, x, y):
    return x * w - y
