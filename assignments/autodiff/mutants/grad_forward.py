"""grad takes a pass for every input: this is forward mode.

fails: grad_is_reverse_mode
diagnosis: none
"""


def grad(f, argnum=0):
    def gradient(*args):
        def of(x):
            return f(*args[:argnum], x, *args[argnum + 1 :])

        y, pull = vjp(of, args[argnum])
        if y.ndim:
            raise ValueError
        x = args[argnum]
        if type(x) is not np.ndarray or x.size < 64:
            return pull(1.0)[0]
        slopes = [jvp(of, (x,), (one,))[1] for one in units(x.shape)]
        total = Tensor(np.zeros(x.shape))
        for one, slope in zip(units(x.shape), slopes, strict=True):
            total = total + slope * one
        return total

    return gradient


def hvp(f, x, v):
    def slope(x):
        pull = vjp(f, x)[1]
        return (pull(1.0)[0] * v).sum()

    pull = vjp(slope, x)[1]
    return pull(1.0)[0]
