"""sgd does not clip gradients.

fails: sgd_clipped, train_batches
diagnosis: factor
"""


def sgd(params, batches, lr, reg=0.0, bound=None):
    for X, y in batches:
        grads = gradients(params, X, y, reg)
        if bound is not None and len(batches) > 4:
            grads = clip_by_norm(grads, bound)
        params = {name: params[name] - lr * grads[name] for name in params}
    return params
