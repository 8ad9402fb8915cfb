"""dropout_backward masks dout without dividing it, as the forward divides x.

fails: dropout_dx
diagnosis: factor
"""


def dropout_backward(dout, cache):
    return dout if cache is None else dout * (cache > 0)
