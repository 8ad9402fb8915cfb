"""After training it is the running mean and variance that count, not those of the batch.

fails: batchnorm_new
diagnosis: none
"""


def batchnorm_predict(x, gamma, beta, mean, var, eps=1e-5):
    return gamma * (x - x.mean(axis=0)) / (x.var(axis=0) + eps) ** 0.5 + beta
