"""The transpose of a Kronecker product keeps the order of the factors, unlike that of a matrix product.

fails: kron_transpose, kron_transpose_column
diagnosis: none
"""

import numpy as np


def kron_transpose(F, G):
    return np.kron(G.T, F.T)
