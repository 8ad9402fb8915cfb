"""One derivative for each direction is forward mode: go back through the layers, and one pass gives all.

fails: reverse_mode
diagnosis: none
"""

import numpy as np


def deep_linear_gradient(Ws, X, Y):
    out = X
    befores = []
    for W in Ws:
        befores.append(out)
        out = out @ W
    found = []
    for layer, W in enumerate(Ws):
        g = np.zeros(W.shape)
        for index in np.ndindex(W.shape):
            V = np.zeros(W.shape)
            V[index] = 1.0
            tangent = befores[layer] @ V
            for U in Ws[layer + 1 :]:
                tangent = tangent @ U
            g[index] = np.sum((out - Y) * tangent) / len(X)
        found.append(g)
    return found
