"""(d + 1)/m of the noise is right at the points of the fit only; elsewhere it depends on where.

fails: variance_exact
diagnosis: none
"""


def exact_variance(x, x_new, degree, sigma):
    return sigma**2 * (degree + 1) / len(x)
