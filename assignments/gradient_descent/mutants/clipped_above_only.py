"""A gradient of large size is clipped whatever its sign.

fails: clipped_lecture, clipped_elsewhere
diagnosis: none
"""

import numpy as np


def clipped_path(x, y, lr, steps, bound, w=0.0):
    path = [w]
    for _ in range(steps):
        w = w - lr * min(one_gradient(w, x, y), bound)
        path.append(w)
    return np.array(path)
