"""The step goes along the gradient, so it goes uphill: a step of gradient descent subtracts.

fails: path_creeps, path_jumps, path_explodes, path_elsewhere
diagnosis: none
"""

import numpy as np


def one_path(x, y, lr, steps, w=0.0):
    path = [w]
    for _ in range(steps):
        w = w + lr * one_gradient(w, x, y)
        path.append(w)
    return np.array(path)
