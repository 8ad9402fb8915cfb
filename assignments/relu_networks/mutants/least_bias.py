"""The best degree is not the one with the least bias: variance counts as well.

fails: degree_chosen
diagnosis: none
"""

import numpy as np


def best_degree(x, Y, x_new, targets, degrees):
    return degrees[int(np.argmin(bias_variance(x, Y, x_new, targets, degrees)[:, 1]))]
