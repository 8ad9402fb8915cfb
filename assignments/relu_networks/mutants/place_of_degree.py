"""Return the degree, not its place in the list.

fails: degree_chosen
diagnosis: none
"""

import numpy as np


def best_degree(x, Y, x_new, targets, degrees):
    return int(np.argmin(bias_variance(x, Y, x_new, targets, degrees).sum(axis=1)))
