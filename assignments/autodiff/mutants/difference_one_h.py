"""The central difference is divided by h, though its points are 2h apart.

fails: central_differences, differences_restore, step_errors, step_errors_small
diagnosis: factor
"""


def central_difference(f, x, h):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[k] = h
        gradient[k] = (f(x + step) - f(x - step)) / h
    return gradient
