"""The fit does not depend on the strength of the penalty.

fails: fit_penalised, mended, strength_chosen
diagnosis: none
"""

import numpy as np


def fit(x, y, degree, strength):
    return np.linalg.lstsq(features(x, degree), y, rcond=None)[0]
