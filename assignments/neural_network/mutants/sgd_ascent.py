"""The steps lead uphill: subtract the gradient.

fails: learns_digits, learns_moons, learns_spiral, sgd_clipped, sgd_penalty, sgd_steps, train_batches, train_best,
    train_patience, train_stops
diagnosis: sign
"""


def sgd(params, batches, lr, reg=0.0, bound=None):
    for X, y in batches:
        grads = gradients(params, X, y, reg)
        if bound is not None:
            grads = clip_by_norm(grads, bound)
        params = {name: params[name] + lr * grads[name] for name in params}
    return params
