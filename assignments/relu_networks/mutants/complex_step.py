"""A complex step is exact, and costs one evaluation for each weight: go back through the layers instead.

fails: reverse_mode
diagnosis: none
"""

import numpy as np


def deep_linear_gradient(Ws, X, Y):
    found, h = [], 1e-30
    for layer, W in enumerate(Ws):
        g = np.zeros(W.shape)
        for index in np.ndindex(W.shape):
            V = W.astype(complex)
            V[index] += 1j * h
            out = X
            for U in [*Ws[:layer], V, *Ws[layer + 1 :]]:
                out = out @ U
            g[index] = np.sum((out - Y) ** 2).imag / (2 * len(X)) / h
        found.append(g)
    return found
