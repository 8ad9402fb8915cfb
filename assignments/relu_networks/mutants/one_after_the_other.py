"""All matrices step at once: take every gradient before the first matrix changes.

fails: descent, descent_elsewhere
diagnosis: none
"""


def deep_linear_descent(Ws, X, Y, lr, steps):
    Ws = list(Ws)
    for _ in range(steps):
        for layer in range(len(Ws)):
            Ws[layer] = Ws[layer] - lr * deep_linear_gradient(Ws, X, Y)[layer]
    return Ws
