"""One layer, forward and backward."""

import numpy as np

from grader import Dims, assert_close, assert_gradient, assert_shape, check

dims = Dims(N=(4, 8), D=(2, 5), H=(3, 9))


def layer(x, W):
    return 1 - 2 / (np.exp(2 * np.einsum("nd,dh->nh", x, W)) + 1)


@check(points=2)
def forward(student, draw):
    """tanh_layer computes tanh(xW)."""
    x, W = draw("N D"), draw("D H")
    assert_close(student.tanh_layer(x, W), layer(x, W))


@check(points=1)
def shapes(student, draw):
    """tanh_layer_vjp gives gradients of the shapes of x and W."""
    dx, dW = student.tanh_layer_vjp(draw("N D"), draw("D H"), draw("N H"))
    assert_shape(dx, draw.dims["N D"])
    assert_shape(dW, draw.dims["D H"])


@check(points=4, needs=[forward, shapes], visibility="hidden")
def backward(student, draw):
    """tanh_layer_vjp gives both gradients for any upstream gradient."""
    assert_gradient(student.tanh_layer_vjp, of=layer, at={"x": draw("N D"), "W": draw("D H")})
