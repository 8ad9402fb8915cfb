# %% [markdown]
# # From the sigmoid to a network
#
# Two functions are given: differences to compare your gradients with, and data to train on.

# %%
import numpy as np


def num_grad(f, x, eps=1e-6):
    """Central finite differences of the scalar f at the array x."""
    x = np.array(x, dtype=float)
    g = np.zeros_like(x)
    for i in np.ndindex(*x.shape):
        old = x[i]
        x[i] = old + eps
        fp = f(x)
        x[i] = old - eps
        fm = f(x)
        x[i] = old
        g[i] = (fp - fm) / (2 * eps)
    return g


def two_moons(n=200, noise=0.1, seed=0):
    """Points (n, 2) on two half circles, and which of the two each lies on."""
    rng = np.random.default_rng(seed)
    t = np.pi * rng.random(n // 2)
    a = np.c_[np.cos(t), np.sin(t)]
    b = np.c_[1 - np.cos(t), 0.5 - np.sin(t)]
    X = np.r_[a, b] + noise * rng.normal(size=(2 * (n // 2), 2))
    y = np.r_[np.zeros(n // 2), np.ones(n // 2)]
    return X, y


# %% [markdown]
# ## 1. Sigmoid
#
# Elementwise and without overflow.


# %%
def sigmoid(x):
    """1 / (1 + exp(-x))."""
    ### BEGIN SOLUTION
    x = np.asarray(x, dtype=float)
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + e), e / (1 + e))
    ### END SOLUTION


# %% [markdown]
# ## 2. Its derivative


# %%
def sigmoid_grad(x):
    """The derivative of the sigmoid."""
    ### BEGIN SOLUTION
    s = sigmoid(x)
    return s * (1 - s)
    ### END SOLUTION


# %% [markdown]
# ## 3. Softmax
#
# Over the last axis of a 2-D array, without overflow.


# %%
def softmax(X):
    """The softmax of each row."""
    ### BEGIN SOLUTION
    Z = np.asarray(X, dtype=float)
    Z = Z - Z.max(axis=-1, keepdims=True)
    E = np.exp(Z)
    return E / E.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% [markdown]
# ## 4. Softplus and its derivative
#
# Without overflow.


# %%
def softplus(x):
    """log(1 + exp(x))."""
    ### BEGIN SOLUTION
    return np.logaddexp(0.0, x)
    ### END SOLUTION


def softplus_grad(x):
    """The derivative of the softplus."""
    ### BEGIN SOLUTION
    return sigmoid(x)
    ### END SOLUTION


# %% [markdown]
# ## 5. The gradient of a quadratic form


# %%
def quad_grad(A, x, z):
    """The gradient of x^T (A x + z) by x."""
    ### BEGIN SOLUTION
    return (A + A.T) @ x + z
    ### END SOLUTION


# %% [markdown]
# ## 6. Linear regression


# %%
def linreg(X, y, w):
    """The mean squared error of X w, and its gradient by w."""
    ### BEGIN SOLUTION
    r = X @ w - y
    return np.mean(r**2), 2 * X.T @ r / len(y)
    ### END SOLUTION


# %% [markdown]
# ## 7. A network of one hidden layer
#
# 2-H-1, with tanh and then a logit; the loss is the mean binary cross-entropy.


# %%
def mlp_forward(params, X):
    """The logits (N,) for X (N, 2)."""
    ### BEGIN SOLUTION
    W1, b1, W2, b2 = params
    return (np.tanh(X @ W1 + b1) @ W2 + b2)[:, 0]
    ### END SOLUTION


def mlp_loss_grad(params, X, y):
    """The loss, and the list of its gradients by W1, b1, W2, b2."""
    ### BEGIN SOLUTION
    W1, b1, W2, b2 = params
    H = np.tanh(X @ W1 + b1)
    z = (H @ W2 + b2)[:, 0]
    loss = np.mean(softplus(z) - y * z)
    dz = ((sigmoid(z) - y) / len(y))[:, None]
    dA = (dz @ W2.T) * (1 - H**2)
    return loss, [X.T @ dA, dA.sum(0), H.T @ dz, dz.sum(0)]
    ### END SOLUTION


# %% [markdown]
# ## 8. Training
#
# Gradient descent on that network.


# %%
def train(X, y, hidden=16, steps=400, lr=1.0, seed=0):
    """The parameters after the last step, and the list of losses before each."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    W1, W2 = rng.normal(size=(2, hidden)), rng.normal(size=(hidden, 1)) / np.sqrt(hidden)
    params = [W1, np.zeros(hidden), W2, np.zeros(1)]
    losses = []
    for _ in range(steps):
        loss, grads = mlp_loss_grad(params, X, y)
        losses.append(loss)
        params = [p - lr * g for p, g in zip(params, grads)]  # noqa: B905
    return params, losses
    ### END SOLUTION
