"""The gradient of the penalty is missing.

fails: one_loss
diagnosis: none
"""


def ridge_gradient(c, F, y, strength):
    return linear_gradient(c, F, y)
