"""How the error changes depends on the curvature too, and the curvature depends on x.

fails: factor, oscillation_elsewhere, convergence_elsewhere
diagnosis: none
"""


def error_factor(x, lr):
    return 1 - lr
