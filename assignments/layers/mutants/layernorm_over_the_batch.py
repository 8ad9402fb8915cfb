"""layernorm_forward normalises each feature over the batch: that is batchnorm; here it is each example by itself.

fails: layernorm_forward, layernorm_eps, layernorm_dx, layernorm_dgamma, layernorm_far, layernorm_cost
diagnosis: none
"""


def layernorm_forward(x, gamma, beta, ln_param):
    hat, inverse = normalised(x, 0, ln_param.get("eps", 1e-5))
    return gamma * hat + beta, (hat, inverse, gamma)


def layernorm_backward(dout, cache):
    return batchnorm_backward(dout, cache)
