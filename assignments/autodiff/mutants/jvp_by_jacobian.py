"""jvp forms the whole Jacobian first.

fails: jvp_is_one_pass, jacfwd_goes_forward
diagnosis: none
"""


def jvp(f, args, tangents):
    y, tangent = Tensor.of(f(*args)), 0.0
    for k, (x, t) in enumerate(zip(args, tangents, strict=True)):
        J = jacrev(lambda x, k=k: f(*args[:k], x, *args[k + 1 :]))(x).data
        tangent = tangent + np.tensordot(np.asarray(t), J, np.ndim(t))
    return y, Tensor(tangent)
