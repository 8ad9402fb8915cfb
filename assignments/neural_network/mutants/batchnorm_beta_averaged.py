"""The gradient by beta is a mean over the batch: beta is added to each x, so its gradients add up.

fails: batchnorm_beta, batchnorm_eps
diagnosis: factor
"""

_right = batchnorm_backward


def batchnorm_backward(x, gamma, beta, g, eps=1e-5):
    dx, dgamma, dbeta = _right(x, gamma, beta, g, eps)
    return dx, dgamma, dbeta / len(x)
