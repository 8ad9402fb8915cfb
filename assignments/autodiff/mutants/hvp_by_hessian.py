"""hvp forms the whole Hessian first.

fails: hvp_without_hessian
diagnosis: none
"""


def hvp(f, x, v):
    return Tensor(np.tensordot(hessian(f)(x).data, v, np.ndim(v)))
