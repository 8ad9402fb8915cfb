"""The residual is taken the wrong way round: the gradient has the wrong sign.

fails: half_square_gradient, least_squares_gradient
diagnosis: sign
"""


def d_half_square(w, x, y):
    w, x = column(w, "w"), column(x)
    return (y - (w.T @ x).item()) * x


def d_least_squares(w, X, y):
    w, y = column(w, "w"), column(y, "y")
    return X.T @ (y - X @ w) / len(y)
