# My solution. I work with plain Python where I can, it is easier to see what happens :)
import math

import numpy

print("loading my homework...")


def is_col(a):
    return isinstance(a, numpy.ndarray) and len(a.shape) == 2 and a.shape[1] == 1


def need_col(*arrays):
    for a in arrays:
        if not is_col(a):
            raise ValueError("I need a column vector and got something of shape " + str(numpy.shape(a)))


class ShapeError(ValueError):
    pass


def gradient_shape(numerator, denominator):
    what = {(): "s"}
    a = what.get(numerator) or ("v" if numerator[1] == 1 else "m")
    b = what.get(denominator) or ("v" if denominator[1] == 1 else "m")
    rules = {
        "ss": lambda: [],
        "sv": lambda: [denominator[0], 1],
        "sm": lambda: list(denominator),
        "vs": lambda: [1, numerator[0]],
        "vv": lambda: [denominator[0], numerator[0]],
        "ms": lambda: list(numerator),
    }
    if a + b not in rules:
        raise ShapeError(a + " by " + b + " is not defined")
    return rules[a + b]()


def table(rows, cols, entry):
    return [[entry(i, j) for j in range(cols)] for i in range(rows)]


def d_constant(a, x):
    need_col(a, x)
    return table(len(x), len(a), lambda i, j: 0)


def d_identity(x):
    need_col(x)
    return table(len(x), len(x), lambda i, j: i == j)


def d_linear(A, x):
    need_col(x)
    m, n = A.shape
    return table(n, m, lambda i, j: float(A[j, i]))


def d_row_linear(x, A):
    need_col(x)
    return numpy.asfortranarray(A)


def d_scaled(a, du_dx):
    return numpy.matrix(du_dx) * a


def d_product(v, u, dv_dx, du_dx):
    need_col(u, dv_dx)
    return [[v * du_dx[i, j] + dv_dx[i, 0] * u[j, 0] for j in range(len(u))] for i in range(len(dv_dx))]


def d_sum(dv_dx, du_dx):
    dv_dx += du_dx  # in place, on the copy that I was given
    return dv_dx


def d_matrix_times(A, du_dx):
    return (A @ du_dx.T).T


def d_chain(du_dx, dg_du):
    out = numpy.zeros((du_dx.shape[0], dg_du.shape[1]))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            for k in range(dg_du.shape[0]):
                out[i, j] += du_dx[i, k] * dg_du[k, j]
    return out


def d_dot(u, v, du_dx, dv_dx):
    need_col(u, v)
    return numpy.einsum("nm,mo->no", du_dx, v) + numpy.einsum("nm,mo->no", dv_dx, u)


def d_quadratic(A, x):
    need_col(x)
    return A @ x + (x.T @ A).T


def sigmoid(x):
    need_col(x)
    return 0.5 + 0.5 * numpy.tanh(x / 2)


def d_sigmoid(x):
    s = sigmoid(x).ravel()
    return numpy.diag(s) @ numpy.diag(1 - s)


def softmax(x):
    need_col(x)
    biggest = max(float(v) for v in x.ravel())
    e = [math.exp(float(v) - biggest) for v in x.ravel()]
    return [[v / math.fsum(e)] for v in e]


def d_softmax(x):
    s = [row[0] for row in softmax(x)]
    return table(len(s), len(s), lambda i, j: s[i] * ((i == j) - s[j]))


def softplus(x, beta):
    need_col(x)
    return (numpy.maximum(beta * x, 0) + numpy.log1p(numpy.exp(-abs(beta * x)))) / beta


def d_softplus(x, beta):
    need_col(x)
    return numpy.diag(sigmoid(beta * x)[:, 0])


def form(x, A, z):
    need_col(x, z)
    n = len(x)
    total = sum(x[i, 0] * A[i, j] * x[j, 0] for i in range(n) for j in range(n))
    return total + sum(x[i, 0] * z[i, 0] for i in range(n))


def d_form(x, A, z):
    need_col(x, z)
    return d_quadratic(A, x) + z


def half_square(w, x, y):
    need_col(w, x)
    return (numpy.vdot(w, x) - y) ** 2 / 2


def d_half_square(w, x, y):
    need_col(w, x)
    return x @ (x.T @ w) - y * x


def least_squares(w, X, y):
    need_col(w, y)
    return 0.5 * numpy.mean((X @ w - y) ** 2)


def d_least_squares(w, X, y):
    need_col(w, y)
    m = len(y)
    return sum(((X[i] @ w).item() - y[i, 0]) * X[i].reshape(-1, 1) for i in range(m)) / m


def affine_loss(W, x, b, y):
    need_col(x, b, y)
    return float(numpy.linalg.norm(W @ x + b - y) ** 2)


def d_affine_loss(W, x, b, y):
    need_col(x, b, y)
    dz = 2 * (W @ x + b - y)
    return [numpy.outer(dz, x), (dz.T @ W).T, dz, dz]


def vec(E):
    return numpy.concatenate([E[:, j] for j in range(E.shape[1])]).reshape(-1, 1)


def vec_kron(E, F, G):
    return vec(numpy.linalg.multi_dot([G.T, E, F])).T


def kron_transpose(F, G):
    return numpy.block([[F[i, j] * G.T for i in range(F.shape[0])] for j in range(F.shape[1])])


def kron_product(E, G, F, H):
    left, right = E @ F, G @ H
    return numpy.kron(left, right)


if __name__ == "__main__":
    raise SystemExit("this is a module")
