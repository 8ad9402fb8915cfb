"""A loss that equals the best so far is no improvement.

fails: stopping_edges
diagnosis: none
"""


def stop_at(losses, patience):
    if patience < 1:
        raise ValueError("patience must be at least 1")
    best = 0
    for t in range(len(losses)):
        if losses[t] <= losses[best]:
            best = t
        if t - best == patience:
            return best, t
    return best, len(losses) - 1
