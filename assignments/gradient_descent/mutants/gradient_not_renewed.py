"""The gradient belongs to the w at which it was computed: compute it again in each step.

fails: linear_steps, linear_losses, linear_arrives
diagnosis: none
"""

import numpy as np


def linear_descent(w, X, y, lr, steps):
    gradient = linear_gradient(w, X, y)
    losses = [linear_loss(w, X, y)]
    for _ in range(steps):
        w = w - lr * gradient
        losses.append(linear_loss(w, X, y))
    return w, np.array(losses)
