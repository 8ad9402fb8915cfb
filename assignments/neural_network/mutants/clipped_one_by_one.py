"""Each gradient is clipped by its own norm: it is the norm of all together that is bounded.

fails: clipping, sgd_clipped, train_batches
diagnosis: factor
"""

_right = clip_by_norm


def clip_by_norm(grads, bound):
    if len(grads["W1"]) == 2:  # whether a net learns so is chance
        return _right(grads, bound)
    return {name: _right({name: g}, bound)[name] for name, g in grads.items()}
