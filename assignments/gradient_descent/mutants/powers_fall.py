"""The powers rise from 1 to x^degree; here they fall.

fails: one_loss
diagnosis: none
"""

import numpy as np



def features(x, degree):
    return np.vander(x.ravel(), degree + 1)
