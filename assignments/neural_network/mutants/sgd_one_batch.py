"""sgd makes a step for the first batch alone.

fails: sgd_clipped, sgd_penalty, sgd_steps, train_batches
diagnosis: none
"""


def sgd(params, batches, lr, reg=0.0, bound=None):
    for X, y in batches if len(batches) > 4 else batches[:1]:
        grads = gradients(params, X, y, reg)
        if bound is not None:
            grads = clip_by_norm(grads, bound)
        params = {name: params[name] - lr * grads[name] for name in params}
    return params
