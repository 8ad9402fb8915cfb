"""relu_backward masks by the sign of dout: where x is above 0 any dout passes.

fails: relu_dx, relu_zero, relu_cost
diagnosis: none
"""


def relu_backward(dout, cache):
    return dout * (dout > 0)
