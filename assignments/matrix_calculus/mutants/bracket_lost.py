"""x^T multiplies the whole bracket: x^T (A x + z) is x^T A x + x^T z, a number.

fails: form
diagnosis: none
"""


def form(x, A, z):
    x, z = column(x), column(z, "z")
    return x.T @ A @ x + z
