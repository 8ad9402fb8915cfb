"""Right layers that look unusual: by name, the checks that they concern, and the functions that differ."""

UNUSUAL = {
    "as in CS231n, with its header": (
        ("affine", "relu", "softmax", "svm"),
        '''
from builtins import range
import numpy as np

def affine_forward(x, w, b):
    """
    Computes the forward pass for an affine (fully-connected) layer.
    """
    out = None
    N = x.shape[0]
    x_rs = np.reshape(x, (N, -1))
    out = x_rs.dot(w) + b
    cache = (x, w, b)
    return out, cache

def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = None, None, None
    x_rs = np.reshape(x, (x.shape[0], -1))
    db = dout.sum(axis=0)
    dw = x_rs.T.dot(dout)
    dx = dout.dot(w.T)
    dx = dx.reshape(x.shape)
    return dx, dw, db

def relu_forward(x):
    out = None
    out = x * (x > 0)
    cache = x
    return out, cache

def relu_backward(dout, cache):
    dx, x = None, cache
    dx = dout
    dx[x < 0] = 0          # writes into dout
    return dx

def svm_loss(x, y):
    N = x.shape[0]
    correct_class_scores = x[np.arange(N), y]
    margins = np.maximum(0, x - correct_class_scores[:, np.newaxis] + 1.0)
    margins[np.arange(N), y] = 0
    loss = np.sum(margins) / N
    num_pos = np.sum(margins > 0, axis=1)
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(N), y] -= num_pos
    dx /= N
    return loss, dx

def softmax_loss(x, y):
    shifted_logits = x - np.max(x, axis=1, keepdims=True)
    Z = np.sum(np.exp(shifted_logits), axis=1, keepdims=True)
    log_probs = shifted_logits - np.log(Z)
    probs = np.exp(log_probs)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx
''',
    ),
    "loops over every number, printing": (
        ("affine", "relu", "svm"),
        """
def affine_forward(x, w, b):
    rows = [v.ravel() for v in x]
    out = np.zeros((len(rows), w.shape[1]))
    for i in range(len(rows)):
        for j in range(w.shape[1]):
            out[i, j] = b[j]
            for d in reversed(range(w.shape[0])):
                out[i, j] += rows[i][d] * w[d, j]
    print("out", out.shape)
    return out, [x, w]

def affine_backward(dout, cache):
    x, w = cache
    rows, dx = x.reshape(len(x), -1), np.zeros((len(x), w.shape[0]))
    dw, db = np.zeros(w.shape), np.zeros(w.shape[1])
    for i in range(len(rows)):
        for j in range(w.shape[1]):
            db[j] += dout[i, j]
            for d in range(w.shape[0]):
                dx[i, d] += dout[i, j] * w[d, j]
                dw[d, j] += dout[i, j] * rows[i, d]
    return [dx.reshape(x.shape), dw, db]

def relu_forward(x):
    out = x.copy()
    for index in np.ndindex(*x.shape):
        if x[index] < 0:
            out[index] = 0.0
    return out, out

def relu_backward(dout, cache):
    dx = np.zeros(cache.shape)
    for index in np.ndindex(*cache.shape):
        if cache[index] > 0:
            dx[index] = dout[index]
    return dx

def svm_loss(x, y):
    loss, dx = 0.0, np.zeros(x.shape)
    for i in range(len(x)):
        for j in range(x.shape[1]):
            margin = x[i, j] - x[i, int(y[i])] + 1
            if j != y[i] and margin > 0:
                loss += margin / len(x)
                dx[i, j] += 1 / len(x)
                dx[i, int(y[i])] -= 1 / len(x)
    return loss, dx
""",
    ),
    "in single precision": (
        ("affine", "relu"),
        """
_forward, _backward = affine_forward, affine_backward

def affine_forward(x, w, b):
    out, cache = _forward(*(v.astype(np.float32) for v in (x, w, b)))
    return out, cache

def affine_backward(dout, cache):
    return _backward(dout.astype(np.float32), cache)

def relu_forward(x):
    return np.maximum(np.float32(0), x.astype(np.float32)), x

def relu_backward(dout, cache):
    return (dout * (cache >= 0)).astype(np.float32)
""",
    ),
    "batch normalisation step by step on the graph": (
        ("batchnorm",),
        """
def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    out, cache = None, None
    if mode == "train":
        mu = 1.0 / N * np.sum(x, axis=0)
        xmu = x - mu
        sq = xmu ** 2
        var = 1.0 / N * np.sum(sq, axis=0)
        sqrtvar = np.sqrt(var + eps)
        ivar = 1.0 / sqrtvar
        xhat = xmu * ivar
        out = gamma * xhat + beta
        cache = (xhat, gamma, xmu, ivar, sqrtvar, var, eps)
        running_mean *= momentum
        running_mean += (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        xhat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * xhat + beta
    else:
        raise ValueError('Invalid forward batchnorm mode "%s"' % mode)
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache

def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgammax = dout
    dgamma = np.sum(dgammax * xhat, axis=0)
    dxhat = dgammax * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar ** 2) * divar
    dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dsqrtvar
    dsq = 1.0 / N * np.ones((N, D)) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    dx2 = 1.0 / N * np.ones((N, D)) * dmu
    return dx1 + dx2, dgamma, dbeta

def batchnorm_backward_alt(dout, cache):
    return batchnorm_backward(dout, cache)
""",
    ),
    "normalisation with loops over features, and by Jacobians": (
        ("batchnorm", "layernorm"),
        """
def batchnorm_backward(dout, cache):
    hat, inverse, gamma = cache
    N, D = dout.shape
    dx, dgamma, dbeta = np.empty((N, D)), np.zeros(D), np.zeros(D)
    for d in range(D):
        h, g = hat[:, d], dout[:, d] * gamma[d]
        dx[:, d] = inverse[0, d] / N * (N * g - g.sum() - h * (g * h).sum())
    for i in range(N):
        dgamma += dout[i] * hat[i]
        dbeta += dout[i]
    return dx, dgamma, dbeta

def layernorm_backward(dout, cache):
    hat, inverse, gamma = cache
    D = hat.shape[1]
    dx = []
    for row, s, g in zip(hat, inverse[:, 0], dout * gamma):
        jacobian = s * (np.eye(D) - 1 / D - np.outer(row, row) / D)
        dx.append(jacobian @ g)
    return np.array(dx), np.einsum("nd,nd->d", dout, hat), np.ones(len(dout)) @ dout
""",
    ),
    "layer normalisation as batch normalisation of the transpose": (
        ("layernorm",),
        """
def layernorm_forward(x, gamma, beta, ln_param):
    out, cache = batchnorm_forward(x.T, np.ones(len(x)), np.zeros(len(x)), dict(ln_param, mode="train"))
    return gamma * out.T + beta, (cache, out.T, gamma)

def layernorm_backward(dout, cache):
    cache, hat, gamma = cache
    dx, _, _ = batchnorm_backward((dout * gamma).T, cache)
    return dx.T, (dout * hat).sum(0), dout.sum(0)
""",
    ),
    "dropout by another generator": (
        ("dropout",),
        """
def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    rng = np.random.default_rng(dropout_param.get("seed"))
    mask = None
    if mode == "train":
        mask = rng.binomial(1, p, size=x.shape)
        out = x * mask / p
    else:
        out = x
    cache = (dropout_param, mask)
    return out.astype(x.dtype, copy=False), cache

def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "test":
        return dout
    dout *= mask
    dout /= dropout_param["p"]
    return dout
""",
    ),
    "dropout by CS231n's expression": (
        ("dropout",),
        """
def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = None
    out = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
    elif mode == "test":
        out = x
    return out, (dropout_param, mask)

def dropout_backward(dout, cache):
    dropout_param, mask = cache
    return dout * mask if dropout_param["mode"] == "train" else dout
""",
    ),
    "updates in place, and in one formula": (
        ("sgd", "momentum", "rmsprop", "adam", "update"),
        """
def sgd(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    w -= config["learning_rate"] * dw
    return w, config

def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config.get("velocity", 0.0)
    v = config["momentum"] * v - config["learning_rate"] * dw
    w += v
    return [w, {**config, "velocity": v}]

def rmsprop(x, dx, config=None):
    config = dict(learning_rate=1e-2, decay_rate=0.99, epsilon=1e-8, cache=np.zeros_like(x)) | (config or {})
    config["cache"] += (1 - config["decay_rate"]) * (dx * dx - config["cache"])
    x -= config["learning_rate"] / (config["epsilon"] + config["cache"] ** 0.5) * dx
    return x, config

def adam(w, dw, config=None):
    config = {} if config is None else config
    lr, b1, b2 = config.get("learning_rate", 1e-3), config.get("beta1", 0.9), config.get("beta2", 0.999)
    config["t"] = t = config.get("t", 0) + 1
    config["m"] = m = b1 * config.get("m", 0) + dw - b1 * dw
    config["v"] = v = b2 * config.get("v", 0) + np.square(dw) - b2 * np.square(dw)
    return w - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + config.get("epsilon", 1e-8)), config
""",
    ),
    "softmax by logaddexp and one-hot labels": (
        ("softmax",),
        """
def softmax_loss(x, y):
    T = np.eye(x.shape[1])[y]
    log_p = x - np.logaddexp.reduce(x, axis=1)[:, None]
    dx = np.asfortranarray((np.exp(log_p) - T) / len(x))
    return np.array(-np.einsum("nc,nc->", T, log_p) / len(x)), dx
""",
    ),
}
