"""The list may hold any number of matrices, one as well.

fails: gradient_alone, descent_elsewhere
diagnosis: none
"""


def deep_linear_gradient(Ws, X, Y):
    W1, W2, W3 = Ws
    g = (X @ W1 @ W2 @ W3 - Y) / len(X)
    return [X.T @ g @ (W2 @ W3).T, (X @ W1).T @ g @ W3.T, (X @ W1 @ W2).T @ g]
