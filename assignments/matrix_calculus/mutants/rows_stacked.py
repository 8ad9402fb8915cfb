"""vec stacks columns (order "F"); here it stacks rows, as NumPy does when nothing is said.

fails: vec, vec_kron, vec_kron_large
diagnosis: none
"""


def vec(E):
    return E.reshape(-1, 1)
