"""The 2 of the square and the 1/2 of the loss cancel; here the 2 is left over.

fails: half_square_gradient, least_squares_gradient
diagnosis: factor
"""


def d_half_square(w, x, y):
    w, x = column(w, "w"), column(x)
    return 2 * ((w.T @ x).item() - y) * x


def d_least_squares(w, X, y):
    w, y = column(w, "w"), column(y, "y")
    return 2 * X.T @ (X @ w - y) / len(y)
