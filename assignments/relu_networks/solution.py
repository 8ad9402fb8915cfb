# %% [markdown]
# # ReLU networks
#
# The handout has the formulas. Here you write them as code.
#
# - Examples are rows: a layer makes `x W + b` of `x` `(N, D)`, with `W` `(D, H)` and `b` `(H,)`.
# - A network is a list of pairs `(W, b)`. There is a ReLU after every layer but the last.
# - Only NumPy, and what Python itself brings.

# %%
import numpy as np

# %% [markdown]
# ## 1. Networks and their kinks
#
# A network of one input and one output is piecewise linear. Its kinks are where its slope changes.


# %%
def relu_network(params, x):
    """What the network makes of x (N, D): (N, C)."""
    ### BEGIN SOLUTION
    for W, b in params[:-1]:
        x = np.maximum(x @ W + b, 0)
    W, b = params[-1]
    return x @ W + b
    ### END SOLUTION


def kinks(params, lo, hi):
    """The kinks between lo and hi, these two excluded, of a network of one input and one output: (K,), ascending.

    Points closer than 1e-9 are one kink; a slope that changes by less than 1e-9 of the steepest does not change.
    Raises ValueError where lo >= hi.
    """
    ### BEGIN SOLUTION
    if lo >= hi:
        raise ValueError("lo must be below hi")
    ends = np.array([lo, hi], dtype=float)
    for layer in range(1, len(params)):  # the ReLUs of each layer bend what is straight between the ends of pieces
        z = relu_network(params[:layer], ends[:, None])
        left, right = z[:-1], z[1:]
        piece, unit = np.nonzero(left * right < 0)
        share = left[piece, unit] / (left[piece, unit] - right[piece, unit])
        ends = np.sort(np.append(ends, ends[piece] + share * (ends[piece + 1] - ends[piece])))
        inner = ends[(ends > lo + 1e-9) & (ends < hi - 1e-9)]
        ends = np.concatenate([[lo], inner[np.diff(inner, prepend=lo) > 1e-9], [hi]])
    middle = (ends[:-1] + ends[1:])[:, None] / 2
    slope = np.ones_like(middle)
    for layer, (W, _) in enumerate(params, 1):
        slope = slope @ W
        if layer < len(params):
            slope = slope * (relu_network(params[:layer], middle) > 0)
    change = np.abs(np.diff(slope[:, 0]))
    return ends[1:-1][change > 1e-9 * np.max(np.abs(slope))]
    ### END SOLUTION


# %% [markdown]
# ## 2. What width buys


# %%
def hinges(at, changes):
    """A network with one hidden layer of len(at) units that is 0 to the left of all of its kinks.

    They lie at `at` (n,), in any order. The slope changes there by `changes` (n,): it grows where they are positive.
    """
    ### BEGIN SOLUTION
    n = len(at)
    return [(np.ones((1, n)), -np.asarray(at)), (np.reshape(changes, (n, 1)), np.zeros(1))]
    ### END SOLUTION


def interpolant(x, y):
    """A network with one hidden layer of n - 1 units that goes through n points and is straight between them.

    The points are x (n,), y (n,), n >= 2. Raises ValueError where x does not ascend strictly.
    """
    ### BEGIN SOLUTION
    gaps = np.diff(x)
    if np.any(gaps <= 0):
        raise ValueError("x must ascend")
    changes = np.diff(np.diff(y) / gaps, prepend=0)
    (W, b), (V, _) = hinges(x[:-1], changes)
    return [(W, b), (V, np.array([y[0]]))]
    ### END SOLUTION


def kink_bound(widths):
    """A whole number: the most kinks that the handout's argument allows a network with hidden layers this wide."""
    ### BEGIN SOLUTION
    pieces = 1
    for width in widths:
        pieces *= width + 1
    return pieces - 1
    ### END SOLUTION


# %% [markdown]
# ## 3. What depth buys
#
# The sawtooth: $f_0(x) = x$ and $f_l(x) = 2|f_{l-1}(x)| - 2$.


# %%
def sawtooth_value(x, depth):
    """f_depth(x), elementwise, for depth >= 0."""
    ### BEGIN SOLUTION
    for _ in range(depth):
        x = 2 * np.abs(x) - 2
    return x
    ### END SOLUTION


def sawtooth(depth):
    """f_depth as a network with `depth` hidden layers of two units each. Raises ValueError where depth < 1."""
    ### BEGIN SOLUTION
    if depth < 1:
        raise ValueError("depth must be at least 1")
    spread, gather = np.array([[1.0, -1.0]]), np.array([[2.0], [2.0]])
    first = [(spread, np.zeros(2))]
    between = [(gather @ spread, -2 * spread[0])] * (depth - 1)
    return first + between + [(gather, np.array([-2.0]))]
    ### END SOLUTION


def sawtooth_kinks(depth):
    """All kinks of f_depth, ascending, for depth >= 1."""
    ### BEGIN SOLUTION
    half = 2 ** (depth - 1)
    return np.arange(1 - half, half) * (2 / half)
    ### END SOLUTION


# %% [markdown]
# ## 4. Deep linear networks
#
# No biases and no ReLU: `X W_1 W_2 ... W_L` for a list `Ws` of matrices and `X` `(m, D)`.


# %%
def end_to_end(Ws):
    """The one matrix W_1 W_2 ... W_L that does the same as the network."""
    ### BEGIN SOLUTION
    product = Ws[0]
    for W in Ws[1:]:
        product = product @ W
    return product
    ### END SOLUTION


def deep_linear(Ws, X):
    """What the network makes of X (m, D): (m, C)."""
    ### BEGIN SOLUTION
    return X @ end_to_end(Ws)
    ### END SOLUTION


def deep_linear_loss(Ws, X, Y):
    """1/(2m) ||X W_1 ... W_L - Y||^2, a number, for X (m, D), Y (m, C)."""
    ### BEGIN SOLUTION
    return np.sum((deep_linear(Ws, X) - Y) ** 2).item() / (2 * len(X))
    ### END SOLUTION


def deep_linear_gradient(Ws, X, Y):
    """The gradients of deep_linear_loss by W_1, ..., W_L: a list of arrays, each shaped like its matrix."""
    ### BEGIN SOLUTION
    before = [X]  # what each matrix is multiplied by
    for W in Ws:
        before.append(before[-1] @ W)
    g = (before[-1] - Y) / len(X)
    gradients = []
    for W, h in zip(reversed(Ws), reversed(before[:-1]), strict=True):
        gradients.append(h.T @ g)
        g = g @ W.T
    return gradients[::-1]
    ### END SOLUTION


def deep_linear_descent(Ws, X, Y, lr, steps):
    """Gradient descent on deep_linear_loss by all matrices at once: the list of the matrices after the last step."""
    ### BEGIN SOLUTION
    for _ in range(steps):
        Ws = [W - lr * g for W, g in zip(Ws, deep_linear_gradient(Ws, X, Y), strict=True)]
    return Ws
    ### END SOLUTION


# %% [markdown]
# ## 5. Bias and variance
#
# `predictions` `(S, N)`: models that were trained on S data sets, one a row, at N points. `targets` `(T, N)`: T new
# observations at the same points.


# %%
def noisy_sets(values, sigma, count, seed):
    """`count` observations of values (m,) with independent normal noise of standard deviation sigma: (count, m).

    The same seed, a whole number, gives the same observations, another seed others.
    """
    ### BEGIN SOLUTION
    return np.random.default_rng(seed).normal(values, sigma, (count, len(values)))
    ### END SOLUTION


def polynomial_predictions(x, Y, x_new, degree):
    """Least-squares polynomials of this degree for each data set, at new points: (S, N).

    The data sets are x (m,) with each row of Y (S, m), the new points are x_new (N,), and degree < m.
    """
    ### BEGIN SOLUTION
    powers = np.arange(degree + 1)
    C = np.linalg.lstsq(x[:, None] ** powers, Y.T, rcond=None)[0]
    return (x_new[:, None] ** powers @ C).T
    ### END SOLUTION


def expected_error(predictions, targets):
    """The mean of (target - prediction)^2 over all pairs of a row of both, and over the points: a number."""
    ### BEGIN SOLUTION
    return np.mean((targets[:, None] - predictions) ** 2).item()
    ### END SOLUTION


def decompose(predictions, targets):
    """Three numbers whose sum is expected_error: noise, squared bias, variance, each a mean over the points."""
    ### BEGIN SOLUTION
    noise = np.var(targets, axis=0)
    bias = np.mean(predictions, axis=0) - np.mean(targets, axis=0)
    variance = np.var(predictions, axis=0)
    return np.mean(noise).item(), np.mean(bias**2).item(), np.mean(variance).item()
    ### END SOLUTION


def bias_variance(x, Y, x_new, targets, degrees):
    """The three numbers of decompose for polynomials of each degree, one degree a row: (len(degrees), 3)."""
    ### BEGIN SOLUTION
    return np.array([decompose(polynomial_predictions(x, Y, x_new, degree), targets) for degree in degrees])
    ### END SOLUTION


def best_degree(x, Y, x_new, targets, degrees):
    """The one of these degrees with the least expected error."""
    ### BEGIN SOLUTION
    errors = bias_variance(x, Y, x_new, targets, degrees).sum(axis=1)
    return degrees[int(np.argmin(errors))]
    ### END SOLUTION


def exact_variance(x, x_new, degree, sigma):
    """The variance that decompose estimates, for infinitely many data sets with noise sigma: a number."""
    ### BEGIN SOLUTION
    weights = polynomial_predictions(x, np.eye(len(x)), x_new, degree)
    return sigma**2 * np.sum(weights**2).item() / len(x_new)
    ### END SOLUTION
