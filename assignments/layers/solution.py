# %% [markdown]
# # Layers: forward, backward, update
#
# The handout has the mathematics. Each layer is a pair of functions:
#
# - `*_forward` returns the layer's output and a `cache`: whatever your backward needs. Nobody else looks into it.
# - `*_backward` gets the upstream gradient `dout`, which has the shape of the output, and the cache. It returns the
#   gradients, each of the shape of its argument.
#
# Leave the arguments of the forward functions as they are. Only NumPy.

# %%
import numpy as np

# What several of the functions below can share goes here, if you like.
### BEGIN SOLUTION


def normalised(x, axis, eps):
    """x (N, D) with mean 0 and variance 1 along the axis, and 1 / √(variance + eps)."""
    mean = x.mean(axis=axis, keepdims=True)
    inverse = 1 / np.sqrt(x.var(axis=axis, keepdims=True) + eps)
    return (x - mean) * inverse, inverse


def normalised_backward(d, hat, inverse, axis):
    """The gradient by x, for the gradient d by what `normalised` returned."""
    along_mean = d.mean(axis=axis, keepdims=True)
    along_variance = (d * hat).mean(axis=axis, keepdims=True)
    return inverse * (d - along_mean - hat * along_variance)


### END SOLUTION

# %% [markdown]
# ## 1. Affine


# %%
def affine_forward(x, w, b):
    """xW + b, each example flattened: out (N, M) and cache, for x (N, d1, ..., dk), w (D, M), b (M,), D = d1·...·dk."""
    ### BEGIN SOLUTION
    out = x.reshape(x.shape[0], -1) @ w + b
    cache = (x, w)
    return out, cache
    ### END SOLUTION


def affine_backward(dout, cache):
    """dx (N, d1, ..., dk), dw (D, M) and db (M,), for dout (N, M)."""
    ### BEGIN SOLUTION
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db
    ### END SOLUTION


# %% [markdown]
# ## 2. ReLU


# %%
def relu_forward(x):
    """max(0, x) for x of any shape: out and cache."""
    ### BEGIN SOLUTION
    return np.maximum(0, x), x
    ### END SOLUTION


def relu_backward(dout, cache):
    """dx, of the shape of x."""
    ### BEGIN SOLUTION
    return dout * (cache > 0)
    ### END SOLUTION


# %% [markdown]
# ## 3. Losses


# %%
def softmax_loss(x, y):
    """The mean cross-entropy, a number, and its gradient dx (N, C), for scores x (N, C) and labels y (N,)."""
    ### BEGIN SOLUTION
    rows = np.arange(x.shape[0])
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[rows, y].mean()
    dx = np.exp(log_p)
    dx[rows, y] -= 1
    return loss, dx / len(rows)
    ### END SOLUTION


def svm_loss(x, y):
    """The mean hinge loss, a number, and its gradient dx (N, C), for scores x (N, C) and labels y (N,)."""
    ### BEGIN SOLUTION
    rows = np.arange(x.shape[0])
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    margins[rows, y] = 0
    loss = margins.sum() / len(rows)
    dx = np.sign(margins)
    dx[rows, y] = -dx.sum(axis=1)
    return loss, dx / len(rows)
    ### END SOLUTION


# %% [markdown]
# ## 4. Batch normalisation


# %%
def batchnorm_forward(x, gamma, beta, bn_param):
    """Batch normalisation: out (N, D) and cache, for x (N, D), gamma (D,), beta (D,).

    bn_param is a dict: "mode" is "train" or "test"; "eps", "momentum", "running_mean" (D,) and "running_var" (D,) may
    be there. In training, the new running averages are put into it.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    ### BEGIN SOLUTION
    if mode == "test":
        hat = (x - running_mean) / np.sqrt(running_var + eps)
        return gamma * hat + beta, None
    hat, inverse = normalised(x, 0, eps)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * x.mean(axis=0)
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * x.var(axis=0)
    return gamma * hat + beta, (hat, inverse, gamma)
    ### END SOLUTION


def batchnorm_backward(dout, cache):
    """dx (N, D), dgamma (D,) and dbeta (D,), for dout (N, D) and the cache of a forward in training."""
    ### BEGIN SOLUTION
    hat, inverse, gamma = cache
    dx = normalised_backward(dout * gamma, hat, inverse, 0)
    dgamma = (dout * hat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    return dx, dgamma, dbeta
    ### END SOLUTION


# %% [markdown]
# ## 5. Layer normalisation


# %%
def layernorm_forward(x, gamma, beta, ln_param):
    """Layer normalisation: out (N, D) and cache, for x (N, D), gamma (D,), beta (D,) and a dict with "eps" perhaps."""
    eps = ln_param.get("eps", 1e-5)
    ### BEGIN SOLUTION
    hat, inverse = normalised(x, 1, eps)
    return gamma * hat + beta, (hat, inverse, gamma)
    ### END SOLUTION


def layernorm_backward(dout, cache):
    """dx (N, D), dgamma (D,) and dbeta (D,), for dout (N, D)."""
    ### BEGIN SOLUTION
    hat, inverse, gamma = cache
    dx = normalised_backward(dout * gamma, hat, inverse, 1)
    dgamma = (dout * hat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    return dx, dgamma, dbeta
    ### END SOLUTION


# %% [markdown]
# ## 6. Dropout
#
# What `p` means is in the handout.


# %%
def dropout_forward(x, dropout_param):
    """Inverted dropout: out and cache, for x of any shape.

    dropout_param is a dict: "p" is a probability, "mode" is "train" or "test"; "seed" may be there.
    """
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    ### BEGIN SOLUTION
    if mode == "test":
        return x, None
    keep = p
    mask = (np.random.random(x.shape) < keep) / keep
    return x * mask, mask
    ### END SOLUTION


def dropout_backward(dout, cache):
    """dx, of the shape of x, for the cache of a forward in either mode."""
    ### BEGIN SOLUTION
    return dout if cache is None else dout * cache
    ### END SOLUTION


# %% [markdown]
# ## 7. Updates
#
# Each gets a parameter `w`, its gradient `dw` of the same shape, and a dict `config`, or None. It returns the new `w`
# and the dict for the next call. What is not in the dict at the first call is given here.


# %%
def sgd(w, dw, config=None):
    """Gradient descent: the new w and config, with the key "learning_rate"."""
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-2)
    ### BEGIN SOLUTION
    return w - config["learning_rate"] * dw, config
    ### END SOLUTION


def sgd_momentum(w, dw, config=None):
    """Momentum: the new w and config, with the keys "learning_rate", "momentum" and "velocity", of the shape of w."""
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    ### BEGIN SOLUTION
    v = config["momentum"] * v - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
    ### END SOLUTION


def rmsprop(w, dw, config=None):
    """RMSProp: the new w and config, with the keys "learning_rate", "decay_rate", "epsilon" and "cache", like w."""
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))
    ### BEGIN SOLUTION
    decay = config["decay_rate"]
    config["cache"] = decay * config["cache"] + (1 - decay) * dw**2
    step = config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    return w - step, config
    ### END SOLUTION


def adam(w, dw, config=None):
    """Adam: the new w and config, with "learning_rate", "beta1", "beta2", "epsilon", "m" and "v" like w, and "t".

    "t" counts the steps: it is 0 before the first one, in which it becomes 1 before it is used.
    """
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("t", 0)
    ### BEGIN SOLUTION
    beta1, beta2 = config["beta1"], config["beta2"]
    config["t"] += 1
    config["m"] = beta1 * config["m"] + (1 - beta1) * dw
    config["v"] = beta2 * config["v"] + (1 - beta2) * dw**2
    m = config["m"] / (1 - beta1 ** config["t"])
    v = config["v"] / (1 - beta2 ** config["t"])
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config
    ### END SOLUTION
