"""The derivative of strength/2 ||c||^2 has no factor 2.

fails: one_loss
diagnosis: none
"""


def ridge_gradient(c, F, y, strength):
    return linear_gradient(c, F, y) + 2 * strength * c
