"""The Kronecker product does not commute: (E kron G)(F kron H) is EF kron GH, in this order.

fails: kron_product, kron_product_large
diagnosis: none
"""

import numpy as np


def kron_product(E, G, F, H):
    return np.kron(G @ H, E @ F)
