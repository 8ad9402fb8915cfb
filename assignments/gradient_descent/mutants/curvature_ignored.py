"""How the error changes depends on the curvature too, and the curvature depends on x.

fails: one_loss
diagnosis: none
"""


def error_factor(x, lr):
    return 1 - lr
