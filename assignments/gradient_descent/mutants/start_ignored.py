"""The path begins at the w that is given, not always at 0.

fails: path_elsewhere
diagnosis: none
"""

import numpy as np


def one_path(x, y, lr, steps, w=0.0):
    path = [0.0]
    for _ in range(steps):
        path.append(path[-1] - lr * one_gradient(path[-1], x, y))
    return np.array(path)
