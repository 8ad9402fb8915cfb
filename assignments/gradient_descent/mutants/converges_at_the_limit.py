"""Where the size of the error factor is 1, the error never shrinks.

fails: convergence, convergence_elsewhere
diagnosis: none
"""


def converges(x, lr):
    return bool(abs(error_factor(x, lr)) <= 1)
