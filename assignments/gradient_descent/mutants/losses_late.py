"""The losses begin with that of the first w, before any step, and end with that of the last.

fails: linear_losses, linear_arrives
diagnosis: none
"""

import numpy as np


def linear_descent(w, X, y, lr, steps):
    losses = []
    for _ in range(steps):
        w = w - lr * linear_gradient(w, X, y)
        losses.append(linear_loss(w, X, y))
    return w, np.array(losses)
