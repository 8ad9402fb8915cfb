"""A variance is proportional to the square of sigma.

fails: variance_exact
diagnosis: factor
"""

_exact = exact_variance


def exact_variance(x, x_new, degree, sigma):
    return _exact(x, x_new, degree, 1.0) * sigma
