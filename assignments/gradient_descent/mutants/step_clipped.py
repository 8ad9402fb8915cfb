"""The gradient is clipped, not the step: the learning rate comes after.

fails: one_loss
diagnosis: none
"""

import numpy as np



def clipped_path(x, y, lr, steps, bound, w=0.0):
    path = [w]
    for _ in range(steps):
        w = w - np.clip(lr * one_gradient(w, x, y), -bound, bound)
        path.append(w)
    return np.array(path)
