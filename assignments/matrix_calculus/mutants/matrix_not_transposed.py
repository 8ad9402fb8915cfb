"""The A of A u(x) must be transposed: the derivative is du/dx A^T.

fails: matrix_times, matrix_times_square
diagnosis: none
"""


def d_matrix_times(A, du_dx):
    return du_dx @ A
