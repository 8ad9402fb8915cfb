"""The Jacobian has the axes of the result first.

fails: jacfwd
diagnosis: numerator-layout
"""


def jacfwd(f):

    def jacobian(x):
        shape = Tensor.of(x).shape
        parts = [jvp(f, (x,), (one,))[1].data for one in units(shape)]
        return Tensor(np.stack(parts, axis=-1).reshape(parts[0].shape + shape))

    return jacobian
