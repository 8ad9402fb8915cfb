"""The columns of forward and central errors have changed places.

fails: step_errors
diagnosis: none
"""


def step_errors(f, gradient, x, steps):
    size = np.linalg.norm(gradient)
    errors = []
    for h in steps:
        both = central_difference(f, x, h), forward_difference(f, x, h)
        errors.append([np.linalg.norm(one - gradient) / size for one in both])
    return np.array(errors)
