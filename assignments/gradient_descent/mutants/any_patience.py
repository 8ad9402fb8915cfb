"""A patience below 1 has to be refused with ValueError.

fails: stopping_edges
diagnosis: none
"""


def stop_at(losses, patience):
    best = 0
    for t in range(len(losses)):
        if losses[t] < losses[best]:
            best = t
        if t - best == patience:
            return best, t
    return best, len(losses) - 1
