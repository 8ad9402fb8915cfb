"""The gradient by what is not used has no shape.

fails: grad_unused
diagnosis: none
"""


def vjp(f, *args):
    args = tree_map(track, args)
    y = Tensor.of(f(*args))

    def pull(g):
        adjoints = pull_back(y, Tensor.of(g))
        return tree_map(lambda x: adjoints[x] if x in adjoints else Tensor(0.0), args)

    return y, pull
