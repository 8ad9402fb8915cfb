"""The penalty is the square of the norm, not the norm.

fails: ridge_loss
diagnosis: none
"""

import numpy as np


def ridge_loss(c, F, y, strength):
    return linear_loss(c, F, y) + strength / 2 * np.linalg.norm(c).item()
