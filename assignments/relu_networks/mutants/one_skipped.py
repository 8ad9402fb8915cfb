"""Every matrix is multiplied, also those between the first and the last.

fails: one_matrix, linear_forward, linear_loss
diagnosis: none
"""

import numpy as np


def end_to_end(Ws):
    return Ws[0] @ np.ones((Ws[0].shape[1], Ws[-1].shape[0])) @ Ws[-1]
