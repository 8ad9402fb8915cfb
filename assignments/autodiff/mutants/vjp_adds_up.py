"""The pull of a vjp adds to what it gave before.

fails: vjp_again, jacrev, hessian_entries
diagnosis: none
"""


def vjp(f, *args):
    args = tree_map(track, args)
    y = Tensor.of(f(*args))

    adjoints = {}

    def pull(g):
        for x, part in pull_back(y, Tensor.of(g)).items():
            adjoints[x] = adjoints[x] + part if x in adjoints else part
        return tree_map(lambda x: adjoints[x] if x in adjoints else Tensor(np.zeros(x.shape)), args)

    return y, pull
