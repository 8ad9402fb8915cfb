"""The gradient of the penalty is missing.

fails: ridge_gradient
diagnosis: missing-l2
"""


def ridge_gradient(c, F, y, strength):
    return linear_gradient(c, F, y)
