"""The second derivatives are products of first ones.

fails: hessian_entries
diagnosis: none
"""


def hessian(f):
    def matrix(x):
        g = grad(f)(x).data
        return Tensor(np.multiply.outer(g, g))

    return matrix
