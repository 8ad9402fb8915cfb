"""The gradient of an array is that of its sum.

fails: grad_of_array
diagnosis: none
"""


def grad(f, argnum=0):

    def gradient(*args):
        y, pull = vjp(lambda x: f(*args[:argnum], x, *args[argnum + 1 :]), args[argnum])
        return pull(np.ones(y.shape))[0]

    return gradient
