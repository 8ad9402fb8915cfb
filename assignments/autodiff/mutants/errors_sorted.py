"""The rows are not in the order of the steps.

fails: step_errors
diagnosis: none
"""


def step_errors(f, gradient, x, steps):
    size = np.linalg.norm(gradient)
    errors = []
    for h in sorted(steps):
        both = forward_difference(f, x, h), central_difference(f, x, h)
        errors.append([np.linalg.norm(one - gradient) / size for one in both])
    return np.array(errors)
