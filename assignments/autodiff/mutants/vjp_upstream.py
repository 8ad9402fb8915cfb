"""vjp takes ones for the gradient that it is given.

fails: vjp_gradients, vjp_again, jvp_tangents, jvp_is_one_pass, jacrev, jacfwd, jacfwd_goes_forward, hessian_entries
diagnosis: upstream-ignored
"""


def vjp(f, *args):
    args = tree_map(track, args)
    y = Tensor.of(f(*args))

    def pull(g):
        adjoints = pull_back(y, Tensor(np.ones(y.shape)))
        return tree_map(lambda x: adjoints[x] if x in adjoints else Tensor(np.zeros(x.shape)), args)

    return y, pull
