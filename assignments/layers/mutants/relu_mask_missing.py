"""relu_backward passes dout through where x is below 0 too: there the output is constant.

fails: relu_dx, relu_zero, relu_cost
diagnosis: missing-mask
"""


def relu_backward(dout, cache):
    return dout.copy()
