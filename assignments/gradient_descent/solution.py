# %% [markdown]
# # Gradient descent
#
# The handout has the formulas. Here you write them as code, first for one parameter, then for models with many.
#
# - Examples are rows, `X` is `(m, n)`. Vectors are columns: `w` is `(n, 1)`, `y` is `(m, 1)`.
# - A gradient looks like its argument: the gradient by `w` is `(n, 1)`.
# - Do not change the arrays that you are given.
# - Only NumPy, and what Python itself brings.

# %%
import numpy as np

# %% [markdown]
# ## 1. One parameter
#
# $L(w) = \frac{1}{2}(xw - y)^2$ for one example, `x`, `y` and `w` being numbers.


# %%
def one_loss(w, x, y):
    """L(w) = 1/2 (x w - y)^2, a number."""
    ### BEGIN SOLUTION
    return 0.5 * (x * w - y) ** 2
    ### END SOLUTION


def one_gradient(w, x, y):
    """dL/dw, a number."""
    ### BEGIN SOLUTION
    return x * (x * w - y)
    ### END SOLUTION


def one_path(x, y, lr, steps, w=0.0):
    """Gradient descent from w: the steps + 1 values w_0, w_1, ..., in order."""
    ### BEGIN SOLUTION
    path = [w]
    for _ in range(steps):
        w = w - lr * one_gradient(w, x, y)
        path.append(w)
    return np.array(path)
    ### END SOLUTION


# %% [markdown]
# Each step multiplies the error, the distance of `w` from the minimum, by the same factor.


# %%
def error_factor(x, lr):
    """The number by which one step at learning rate lr multiplies the error."""
    ### BEGIN SOLUTION
    return 1 - lr * x**2
    ### END SOLUTION


def best_rate(x):
    """The learning rate at which one step suffices, for x other than 0."""
    ### BEGIN SOLUTION
    return 1 / x**2
    ### END SOLUTION


def oscillates(x, lr):
    """Whether each step jumps over the minimum to its other side: True or False."""
    ### BEGIN SOLUTION
    return bool(error_factor(x, lr) < 0)
    ### END SOLUTION


def converges(x, lr):
    """Whether gradient descent converges to the minimum from every start: True or False."""
    ### BEGIN SOLUTION
    return bool(abs(error_factor(x, lr)) < 1)
    ### END SOLUTION


# %% [markdown]
# ## 2. Linear regression


# %%
def linear_loss(w, X, y):
    """L(w) = 1/(2m) ||X w - y||^2, a number, for X (m, n), w (n, 1), y (m, 1)."""
    ### BEGIN SOLUTION
    return np.sum((X @ w - y) ** 2).item() / (2 * len(y))
    ### END SOLUTION


def linear_gradient(w, X, y):
    """The gradient of linear_loss by w, (n, 1)."""
    ### BEGIN SOLUTION
    return X.T @ (X @ w - y) / len(y)
    ### END SOLUTION


def linear_descent(w, X, y, lr, steps):
    """Gradient descent from w: the last w, (n, 1), and the steps + 1 losses from the first w to the last, in order."""
    ### BEGIN SOLUTION
    losses = [linear_loss(w, X, y)]
    for _ in range(steps):
        w = w - lr * linear_gradient(w, X, y)
        losses.append(linear_loss(w, X, y))
    return w, np.array(losses)
    ### END SOLUTION


# %% [markdown]
# ## 3. Logistic regression
#
# `y` holds labels, 0 or 1. The loss is a sum over the examples, not a mean. `sigmoid`, the loss and its gradient must
# survive entries of `X w` near ±1000 without a warning.


# %%
def sigmoid(z):
    """1 / (1 + exp(-z)), elementwise."""
    ### BEGIN SOLUTION
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)
    ### END SOLUTION


def logistic_loss(w, X, y):
    """L(w) = - sum_i (y_i log p_i + (1 - y_i) log(1 - p_i)) with p = sigmoid(X w), a number."""
    ### BEGIN SOLUTION
    z = X @ w
    return np.sum(np.logaddexp(0, z) - y * z).item()
    ### END SOLUTION


def logistic_gradient(w, X, y):
    """The gradient of logistic_loss by w, (n, 1)."""
    ### BEGIN SOLUTION
    return X.T @ (sigmoid(X @ w) - y)
    ### END SOLUTION


def logistic_descent(X, y, lr=0.01, steps=100):
    """Gradient descent on logistic_loss from w = 0: the last w, (n, 1)."""
    ### BEGIN SOLUTION
    w = np.zeros((X.shape[1], 1))
    for _ in range(steps):
        w = w - lr * logistic_gradient(w, X, y)
    return w
    ### END SOLUTION


def logistic_predict(w, X):
    """The labels, a column of 0 and 1: 1 where p >= 1/2."""
    ### BEGIN SOLUTION
    return np.where(X @ w >= 0, 1, 0)
    ### END SOLUTION


# %% [markdown]
# ## 4. Risk and mini-batches
#
# The loss of one example is $\frac{1}{2}(x_i^\top w - y_i)^2$, where $x_i^\top$ is row $i$ of `X`.


# %%
def risk(w, X, y, p):
    """The expected loss where p_data gives row i the probability p_i, for p (m, 1).

    Raises ValueError where p is no distribution: an entry is negative, or the sum is not 1 to within 1e-9.
    """
    ### BEGIN SOLUTION
    if np.any(p < 0) or not abs(np.sum(p) - 1) <= 1e-9:
        raise ValueError("p is not a distribution")
    return np.sum(p * (X @ w - y) ** 2).item() / 2
    ### END SOLUTION


def empirical_risk(w, X, y, sample):
    """The mean loss over a sample from p_data, for row numbers sample (N,), in which rows may occur repeatedly."""
    ### BEGIN SOLUTION
    return linear_loss(w, X[sample], y[sample])
    ### END SOLUTION


def minibatch_gradient(w, X, y, rows):
    """The gradient by w, (n, 1), of the mean loss over the mini-batch of these row numbers, (size,)."""
    ### BEGIN SOLUTION
    return linear_gradient(w, X[rows], y[rows])
    ### END SOLUTION


def batch_noise(w, X, y, size):
    """The mean of ||minibatch_gradient - linear_gradient||^2 over all subsets of this size of the rows, a number."""
    ### BEGIN SOLUTION
    from itertools import combinations

    full = linear_gradient(w, X, y)
    batches = combinations(range(len(y)), size)
    return np.mean([np.sum((minibatch_gradient(w, X, y, list(rows)) - full) ** 2) for rows in batches]).item()
    ### END SOLUTION


def sgd(w, X, y, batches, lr):
    """Stochastic gradient descent from w, one step for each mini-batch, given as row numbers: the last w, (n, 1)."""
    ### BEGIN SOLUTION
    for rows in batches:
        w = w - lr * minibatch_gradient(w, X, y, rows)
    return w
    ### END SOLUTION


# %% [markdown]
# ## 5. Overfitting and the L2 penalty
#
# `x` and `y` are columns, `(m, 1)`; `c` holds the coefficients of the polynomial, `(degree + 1, 1)`.


# %%
def features(x, degree):
    """The powers 1, x, x^2, ..., x^degree, one a column: (m, degree + 1)."""
    ### BEGIN SOLUTION
    return x ** np.arange(degree + 1)
    ### END SOLUTION


def ridge_loss(c, F, y, strength):
    """1/(2m) ||F c - y||^2 + strength/2 ||c||^2, a number, for F (m, k), c (k, 1)."""
    ### BEGIN SOLUTION
    return linear_loss(c, F, y) + strength / 2 * np.sum(c**2).item()
    ### END SOLUTION


def ridge_gradient(c, F, y, strength):
    """The gradient of ridge_loss by c, (k, 1)."""
    ### BEGIN SOLUTION
    return linear_gradient(c, F, y) + strength * c
    ### END SOLUTION


def fit(x, y, degree, strength):
    """The coefficients (degree + 1, 1) at which ridge_loss of the features is least, for strength >= 0."""
    ### BEGIN SOLUTION
    F = features(x, degree)
    zeros = np.zeros((degree + 1, 1))
    A = np.concatenate([F, np.sqrt(strength * len(y)) * np.eye(degree + 1)])
    return np.linalg.lstsq(A, np.concatenate([y, zeros]), rcond=None)[0]
    ### END SOLUTION


def best_strength(x, y, x_val, y_val, degree, strengths):
    """Of these strengths, the one whose fit to x, y has the least linear_loss, no penalty in it, on x_val, y_val."""
    ### BEGIN SOLUTION
    F = features(x_val, degree)
    losses = [linear_loss(fit(x, y, degree, strength), F, y_val) for strength in strengths]
    return strengths[int(np.argmin(losses))]
    ### END SOLUTION


# %% [markdown]
# ## 6. Gradient clipping


# %%
def clip_by_norm(gradients, bound):
    """The list of arrays, all multiplied by bound / norm where their common norm is above the bound.

    Raises ValueError where bound <= 0.
    """
    ### BEGIN SOLUTION
    if bound <= 0:
        raise ValueError("the bound must be above 0")
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * (bound / norm) if norm > bound else g for g in gradients]
    ### END SOLUTION


def clipped_path(x, y, lr, steps, bound, w=0.0):
    """As one_path, with the gradient of each step clipped to the bound."""
    ### BEGIN SOLUTION
    path = [w]
    for _ in range(steps):
        w = w - lr * np.clip(one_gradient(w, x, y), -bound, bound)
        path.append(w)
    return np.array(path)
    ### END SOLUTION


# %% [markdown]
# ## 7. Early stopping


# %%
def stop_at(losses, patience):
    """Two numbers: the step with the least loss so far, and the step after which training stops.

    losses[t] is the validation loss after t steps. Raises ValueError where patience < 1.
    """
    ### BEGIN SOLUTION
    if patience < 1:
        raise ValueError("patience must be at least 1")
    best = 0
    for t in range(len(losses)):
        if losses[t] < losses[best]:
            best = t
        if t - best == patience:
            return best, t
    return best, len(losses) - 1
    ### END SOLUTION


def descend_early(w, X, y, X_val, y_val, lr, steps, patience):
    """Gradient descent from w on linear_loss of X, y, with early stopping by linear_loss of X_val, y_val.

    Returns the w, (n, 1), with the least validation loss, and the number of steps made, at most `steps`.
    """
    ### BEGIN SOLUTION
    best, least, waited = w, linear_loss(w, X_val, y_val), 0
    for t in range(1, steps + 1):
        w = w - lr * linear_gradient(w, X, y)
        loss = linear_loss(w, X_val, y_val)
        if loss < least:
            best, least, waited = w, loss, 0
        else:
            waited += 1
        if waited == patience:
            return best, t
    return best, steps
    ### END SOLUTION
