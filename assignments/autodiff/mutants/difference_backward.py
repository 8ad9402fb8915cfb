"""The forward difference looks backward.

fails: forward_differences, step_errors
diagnosis: none
"""


def forward_difference(f, x, h):
    x = np.array(x, dtype=float)
    here, gradient = f(x), np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        moved = x.copy()
        moved[k] -= h
        gradient[k] = (here - f(moved)) / h
    return gradient
