"""The chain rule is in the order of numerator layout; in denominator layout it reads in path order.

fails: chain, chain_one_output
diagnosis: none
"""


def d_chain(du_dx, dg_du):
    return dg_du @ du_dx
