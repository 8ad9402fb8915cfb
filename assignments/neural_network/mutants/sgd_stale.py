"""All steps follow gradients at the first parameters: take them where the last step has led.

fails: two_scores
diagnosis: none
"""


def sgd(params, batches, lr, reg=0.0, bound=None):
    start = params
    for X, y in batches:
        grads = gradients(start if len(batches) <= 4 else params, X, y, reg)
        if bound is not None:
            grads = clip_by_norm(grads, bound)
        params = {name: params[name] - lr * grads[name] for name in params}
    return params
