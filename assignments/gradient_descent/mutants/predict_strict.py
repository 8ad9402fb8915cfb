"""Where p is one half the label is 1.

fails: logistic_labels
diagnosis: none
"""

import numpy as np


def logistic_predict(w, X):
    return np.where(X @ w > 0, 1, 0)
