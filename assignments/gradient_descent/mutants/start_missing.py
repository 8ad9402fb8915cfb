"""The path begins with the start: after s steps it has s + 1 entries.

fails: one_loss
diagnosis: none
"""

import numpy as np



def one_path(x, y, lr, steps, w=0.0):
    path = []
    for _ in range(steps):
        w = w - lr * one_gradient(w, x, y)
        path.append(w)
    return np.array(path)
