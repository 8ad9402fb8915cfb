"""The errors are not relative.

fails: step_errors
diagnosis: factor
"""


def step_errors(f, gradient, x, steps):
    errors = []
    for h in steps:
        both = forward_difference(f, x, h), central_difference(f, x, h)
        errors.append([np.linalg.norm(one - gradient) for one in both])
    return np.array(errors)
