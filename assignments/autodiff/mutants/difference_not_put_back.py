"""An entry that was moved is not put back before the next one moves.

fails: central_differences, differences_restore, step_errors, step_errors_small
diagnosis: none
"""


def central_difference(f, x, h):
    gradient = np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        x[k] += h
        above = f(x)
        x[k] -= 2 * h
        gradient[k] = (above - f(x)) / (2 * h)
    return gradient
