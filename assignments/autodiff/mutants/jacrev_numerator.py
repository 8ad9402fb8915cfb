"""The Jacobian has the axes of the result first.

fails: jacrev
diagnosis: numerator-layout
"""


def jacrev(f):

    def jacobian(x):
        y, pull = vjp(f, x)
        parts = [pull(one)[0].data for one in units(y.shape)]
        return Tensor(np.stack(parts).reshape(y.shape + np.shape(parts[0])))

    return jacobian
