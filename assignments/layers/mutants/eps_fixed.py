"""eps is 1e-5 whatever the dict says.

fails: batchnorm_eps, batchnorm_dx, batchnorm_dgamma, layernorm_eps, layernorm_dx, layernorm_dgamma
diagnosis: none
"""

_right_normalised = normalised


def normalised(x, axis, eps):
    return _right_normalised(x, axis, 1e-5)
