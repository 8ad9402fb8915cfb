"""sgd does not hand reg on to gradients.

fails: two_scores
diagnosis: none
"""


def sgd(params, batches, lr, reg=0.0, bound=None):
    for X, y in batches:
        grads = gradients(params, X, y, 0.0)
        if bound is not None:
            grads = clip_by_norm(grads, bound)
        params = {name: params[name] - lr * grads[name] for name in params}
    return params
