"""A unit that switches on or off makes a kink only where the slope of the output changes.

fails: kinks_two_layers, kinks_deep, kinks_cancel, kinks_dead, kinks_masked
diagnosis: none
"""

import numpy as np


def kinks(params, lo, hi):
    if lo >= hi:
        raise ValueError
    ends = np.array([lo, hi])
    for layer in range(1, len(params)):
        h = ends[:, None]
        for W, b in params[: layer - 1]:
            h = np.maximum(h @ W + b, 0)
        W, b = params[layer - 1]
        z = h @ W + b
        for unit in z.T:
            for k in range(len(unit) - 1):
                if unit[k] * unit[k + 1] < 0:
                    share = unit[k] / (unit[k] - unit[k + 1])
                    new = ends[k] + share * (ends[k + 1] - ends[k])
                    ends = np.append(ends, new) if len(ends) == 0 else np.concatenate([ends, [new]])
        ends = np.unique(np.round(ends, 12))
    return ends[1:-1]
