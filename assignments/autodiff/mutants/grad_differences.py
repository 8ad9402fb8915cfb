"""grad is made of finite differences.

fails: grad_is_reverse_mode, hvp_product, hvp_without_hessian
diagnosis: none
"""


def grad(f, argnum=0):
    def gradient(*args):
        x = args[argnum]
        if not isinstance(x, np.ndarray) or x.size < 64:
            return exact(f, argnum)(*args)

        def number(x):
            return float(Tensor.of(f(*args[:argnum], x, *args[argnum + 1 :])).data)

        return Tensor(central_difference(number, x, 1e-5))

    return gradient


def exact(f, argnum):
    def gradient(*args):
        y, pull = vjp(lambda x: f(*args[:argnum], x, *args[argnum + 1 :]), args[argnum])
        if y.ndim:
            raise ValueError
        return pull(1.0)[0]

    return gradient


def hvp(f, x, v):
    return exact(lambda x: (exact(f)(x) * v).sum())(x)
