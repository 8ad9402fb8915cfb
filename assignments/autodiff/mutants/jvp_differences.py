"""jvp is a finite difference.

fails: jvp_is_one_pass, jacfwd_goes_forward
diagnosis: none
"""


def jvp(f, args, tangents):
    h = 1e-6
    above, below = (f(*(x + step * t for x, t in zip(args, tangents, strict=True))) for step in (h, -h))
    return Tensor.of(f(*args)), Tensor.of((above - below) / (2 * h))
