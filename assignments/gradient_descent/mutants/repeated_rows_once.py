"""A row that occurs twice in the sample counts twice.

fails: empirical
diagnosis: none
"""

import numpy as np


def empirical_risk(w, X, y, sample):
    rows = np.unique(sample)
    return linear_loss(w, X[rows], y[rows])
