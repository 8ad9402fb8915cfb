"""A loss counts as an improvement if it is below the best so far, not below the one before.

fails: stopping
diagnosis: none
"""


def stop_at(losses, patience):
    if patience < 1:
        raise ValueError("patience must be at least 1")
    best, waited = 0, 0
    for t in range(1, len(losses)):
        if losses[t] < losses[t - 1]:
            best, waited = t, 0
        else:
            waited += 1
        if waited == patience:
            return best, t
    return best, len(losses) - 1
