"""Only the first argument moves.

fails: jvp_tangents
diagnosis: none
"""


def jvp(f, args, tangents):
    y, pull = vjp(f, *args)
    g = Tensor(np.zeros(y.shape), requires_grad=True)
    along = Tensor(0.0)
    for slope, tangent in list(zip(pull(g), tangents, strict=True))[:1]:
        along = along + (slope * tangent).sum()
    return y, pull_back(along, Tensor(1.0)).get(g, Tensor(np.zeros(y.shape)))
