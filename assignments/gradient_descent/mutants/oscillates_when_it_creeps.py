"""w changes sides where the error changes sign; this is true of the other learning rates.

fails: oscillation, oscillation_elsewhere
diagnosis: none
"""


def oscillates(x, lr):
    return bool(error_factor(x, lr) > 0)
