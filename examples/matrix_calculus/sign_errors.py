# %% [markdown]
# # Matrix calculus in denominator layout
#
# Derive each result by hand first; the handout has the rules. Here you write the results as code.
#
# - Vectors are columns: `x` has shape `(n, 1)`, never `(n,)`.
# - What you differentiate by comes first: for `y` of shape `(m, 1)`, $\partial y/\partial x$ has shape `(n, m)`.
# - Only NumPy. No loops are needed.

# %%
import numpy as np

# %% [markdown]
# `column` is given. Call it on every argument that must be a column, in a loss as well as in its gradient, so that 1-D
# arrays and rows are refused instead of being broadcast to a wrong result.


# %%
def column(x, name="x"):
    """Return x as an array of shape (n, 1), or raise ValueError."""
    x = np.asarray(x)
    if x.ndim != 2 or x.shape[1] != 1:
        raise ValueError(f"{name} has shape {x.shape}; a column, shape (n, 1), is needed: use {name}.reshape(-1, 1)")
    return x


# %% [markdown]
# ## 1. Shapes
#
# `()` is a scalar, `(n, 1)` a vector, `(m, n)` with n > 1 a matrix. Where the course has no rule (matrix by vector,
# vector by matrix, matrix by matrix), raise `ValueError`.


# %%
def gradient_shape(numerator, denominator):
    """The shape of d(numerator)/d(denominator) in denominator layout, for shapes given as tuples."""
    kinds = []
    for shape in (numerator, denominator):
        if shape != () and len(shape) != 2:
            raise ValueError(f"{shape} is neither (), (n, 1) nor (m, n)")
        kinds.append("scalar" if shape == () else "vector" if shape[1] == 1 else "matrix")
    if kinds == ["matrix", "scalar"]:
        return tuple(numerator)
    if kinds == ["scalar", "matrix"]:
        return tuple(denominator)
    if "matrix" in kinds:
        raise ValueError(f"there is no rule for a {kinds[0]} by a {kinds[1]}")
    if kinds == ["scalar", "scalar"]:
        return ()
    return (denominator[0] if denominator else 1, numerator[0] if numerator else 1)


# %% [markdown]
# ## 2. Rules
#
# `x` is `(n, 1)`. `u` is `(m, 1)` and `du_dx` is $\partial u/\partial x$, `(n, m)`; likewise for `v`. Where `v` is a
# scalar function, `dv_dx` is `(n, 1)`.


# %%
def d_constant(a, x):
    """The derivative of a constant vector a (m, 1) by x (n, 1)."""
    a, x = column(a, "a"), column(x)
    return np.zeros((len(x), len(a)))


def d_identity(x):
    """The derivative of x (n, 1) by itself."""
    return np.eye(len(column(x)))


def d_linear(A, x):
    """The derivative of Ax by x, for A (m, n)."""
    column(x)
    return A.T.copy()


def d_row_linear(x, A):
    """The derivative of x^T A by x, for A (n, m)."""
    column(x)
    return A.copy()


def d_scaled(a, du_dx):
    """The derivative of a u(x), for a constant scalar a."""
    return a * du_dx


def d_product(v, u, dv_dx, du_dx):
    """The derivative of v(x) u(x), for a scalar v and a vector u (m, 1)."""
    u, dv_dx = column(u, "u"), column(dv_dx, "dv_dx")
    return v * du_dx + dv_dx @ u.T


def d_sum(dv_dx, du_dx):
    """The derivative of v(x) + u(x), both vectors (m, 1)."""
    return dv_dx + du_dx


def d_matrix_times(A, du_dx):
    """The derivative of A u(x), for a constant A (k, m)."""
    return du_dx @ A.T


def d_chain(du_dx, dg_du):
    """The derivative of g(u(x)) by x, from du_dx (n, m) and dg_du (m, k)."""
    return du_dx @ dg_du


def d_dot(u, v, du_dx, dv_dx):
    """The gradient (n, 1) of u(x) . v(x), both vectors (m, 1)."""
    u, v = column(u, "u"), column(v, "v")
    return du_dx @ v + dv_dx @ u


def d_quadratic(A, x):
    """The gradient (n, 1) of x^T A x, for any square A (n, n)."""
    return (A + A.T) @ column(x)


# %% [markdown]
# ## 3. Activations
#
# All six must survive entries near ±1000 without a warning. The Jacobians are `(n, n)`.


# %%
def sigmoid(x):
    """1 / (1 + exp(-x)), elementwise, for x (n, 1)."""
    e = np.exp(-np.abs(column(x)))
    return np.where(x >= 0, 1, e) / (1 + e)


def d_sigmoid(x):
    """The Jacobian of sigmoid at x."""
    s = sigmoid(x)
    return np.diagflat(s * (1 - s))


def softmax(x):
    """exp(x_i) / sum_j exp(x_j), for x (n, 1)."""
    e = np.exp(column(x) - np.max(x))
    return e / np.sum(e)


def d_softmax(x):
    """The Jacobian of softmax at x."""
    s = softmax(x)
    return np.diagflat(s) - s @ s.T


def softplus(x, beta):
    """log(1 + exp(beta x)) / beta, elementwise, for x (n, 1) and beta > 0."""
    return np.logaddexp(0, beta * column(x)) / beta


def d_softplus(x, beta):
    """The Jacobian of softplus at x."""
    return np.diagflat(sigmoid(beta * column(x)))


# %% [markdown]
# ## 4. Losses
#
# Each loss is a number; each gradient looks like its argument.


# %%
def form(x, A, z):
    """f(x) = x^T (A x + z), a number, for A (n, n) and x, z (n, 1)."""
    x, z = column(x), column(z, "z")
    return (x.T @ (A @ x + z)).item()


def d_form(x, A, z):
    """The gradient of form by x."""
    x, z = column(x), column(z, "z")
    return (A + A.T) @ x + z


def half_square(w, x, y):
    """L(w) = 1/2 (w^T x - y)^2, a number, for w, x (n, 1) and a number y."""
    w, x = column(w, "w"), column(x)
    return 0.5 * ((w.T @ x).item() - y) ** 2


def d_half_square(w, x, y):
    """The gradient of half_square by w."""
    w, x = column(w, "w"), column(x)
    return (y - (w.T @ x).item()) * x


def least_squares(w, X, y):
    """L(w) = 1/(2m) ||X w - y||^2, a number, for X (m, n), w (n, 1), y (m, 1)."""
    w, y = column(w, "w"), column(y, "y")
    return (np.sum((X @ w - y) ** 2) / (2 * len(y))).item()


def d_least_squares(w, X, y):
    """The gradient of least_squares by w."""
    w, y = column(w, "w"), column(y, "y")
    return X.T @ (y - X @ w) / len(y)


def affine_loss(W, x, b, y):
    """L = ||z - y||^2 with z = W x + b, a number, for W (m, n), x (n, 1), b and y (m, 1)."""
    x, b, y = column(x), column(b, "b"), column(y, "y")
    return np.sum((W @ x + b - y) ** 2).item()


def d_affine_loss(W, x, b, y):
    """The gradients of affine_loss by W, x, b and z, in this order."""
    x, b, y = column(x), column(b, "b"), column(y, "y")
    dz = 2 * (W @ x + b - y)
    return dz @ x.T, W.T @ dz, dz, dz


# %% [markdown]
# ## 5. Kronecker products
#
# `E:` stacks the columns of E into one column. Each of the other functions returns the right side of an identity. In
# `vec_kron` and `kron_product`, do not form the Kronecker products on the left: at 700 × 700 one fills two terabytes.


# %%
def vec(E):
    """E: , the columns of E (p, q) stacked into a column (p q, 1)."""
    return E.reshape(-1, 1, order="F")


def vec_kron(E, F, G):
    """(E:)^T (F kron G) = ((G^T E F):)^T, a row, for E (p, q), F (q, s), G (p, r)."""
    return vec(G.T @ E @ F).T


def kron_transpose(F, G):
    """(F kron G)^T = F^T kron G^T."""
    return np.kron(F.T, G.T)


def kron_product(E, G, F, H):
    """(E kron G)(F kron H) = E F kron G H."""
    return np.kron(E @ F, G @ H)
