"""The derivative of strength/2 ||c||^2 has no factor 2.

fails: ridge_gradient
diagnosis: l2-factor
"""


def ridge_gradient(c, F, y, strength):
    return linear_gradient(c, F, y) + 2 * strength * c
