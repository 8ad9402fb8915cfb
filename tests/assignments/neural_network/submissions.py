"""Submissions for neural_network as people write them, as texts: all right, each unusual in some way."""

# As in CS231n's assignment 1, with its header and its habits.
CS231N = """
from __future__ import print_function

from builtins import range
from builtins import object
import numpy as np
import matplotlib.pyplot as plt


class TwoLayerNet(object):
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {}
        self.params['W1'] = std * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = std * np.random.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        N, D = X.shape
        relu = lambda x: np.maximum(0, x)
        hidden_layer = relu(np.dot(X, W1) + b1)
        scores = np.dot(hidden_layer, W2) + b2
        if y is None:
            return scores
        scores -= np.max(scores, axis=1, keepdims=True)
        exp_scores = np.exp(scores)
        probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
        correct_logprobs = np.log(np.sum(exp_scores, axis=1)) - scores[range(N), y]
        loss = np.sum(correct_logprobs) / N
        loss += reg * np.sum(W1 * W1) + reg * np.sum(W2 * W2)
        grads = {}
        dscores = probs
        dscores[range(N), y] -= 1
        dscores /= N
        grads['W2'] = np.dot(hidden_layer.T, dscores)
        grads['b2'] = np.sum(dscores, axis=0)
        dhidden = np.dot(dscores, W2.T)
        dhidden[hidden_layer <= 0] = 0
        grads['W1'] = np.dot(X.T, dhidden)
        grads['b1'] = np.sum(dhidden, axis=0)
        grads['W2'] += 2 * reg * W2
        grads['W1'] += 2 * reg * W1
        return loss, grads

    def train(self, X, y, X_val, y_val,
              learning_rate=1e-3, learning_rate_decay=0.95,
              reg=5e-6, num_iters=100,
              batch_size=200, verbose=False):
        num_train = X.shape[0]
        iterations_per_epoch = max(num_train / batch_size, 1)
        loss_history = []
        train_acc_history = []
        val_acc_history = []
        for it in range(num_iters):
            sample_indices = np.random.choice(np.arange(num_train), batch_size)
            X_batch = X[sample_indices]
            y_batch = y[sample_indices]
            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)
            self.params['W1'] += -learning_rate * grads['W1']
            self.params['b1'] += -learning_rate * grads['b1']
            self.params['W2'] += -learning_rate * grads['W2']
            self.params['b2'] += -learning_rate * grads['b2']
            if verbose and it % 100 == 0:
                print('iteration %d / %d: loss %f' % (it, num_iters, loss))
            if it % iterations_per_epoch == 0:
                train_acc = (self.predict(X_batch) == y_batch).mean()
                val_acc = (self.predict(X_val) == y_val).mean()
                train_acc_history.append(train_acc)
                val_acc_history.append(val_acc)
                learning_rate *= learning_rate_decay
        return {
          'loss_history': loss_history,
          'train_acc_history': train_acc_history,
          'val_acc_history': val_acc_history,
        }

    def predict(self, X):
        hidden = np.maximum(0, X.dot(self.params['W1']) + self.params['b1'])
        y_pred = np.argmax(hidden.dot(self.params['W2']) + self.params['b2'], axis=1)
        return y_pred
"""

# Each of the following is added to the solution.
UNUSUAL = {
    "loops over examples and layers, printing": """
def gradients(params, X, y, reg=0.0):
    layers = len(params) // 2
    total = {name: np.zeros(array.shape) for name, array in params.items()}
    for x, label in zip(X, y):
        before = []
        for k in range(1, layers + 1):
            before.append(x)
            z = x @ params["W%d" % k] + params["b%d" % k]
            x = z if k == layers else z * (z >= 0)
        p = np.exp(x - x.max())
        g = p / p.sum() - (np.arange(len(p)) == label)
        for k in reversed(range(1, layers + 1)):
            total["W%d" % k] += np.outer(before[k - 1], g) / len(X)
            total["b%d" % k] += g / len(X)
            g = params["W%d" % k] @ g * (before[k - 1] > 0)
    if len(X) == 1:
        print("a single example")
    return {name: g + 2 * reg * params[name] * (name[0] == "W") for name, g in total.items()}
""",
    "one-hot labels, einsum, logaddexp, another order of the names": """
def gradients(params, X, y, reg=0.0):
    hs = [X]
    depth = sum(name.startswith("W") for name in params)
    for k in range(1, depth):
        z = np.einsum("nd,dh->nh", hs[-1], params[f"W{k}"], optimize=True) + params[f"b{k}"]
        hs.append(np.where(z > 0, z, 0.0))
    S = hs[-1] @ params[f"W{depth}"] + params[f"b{depth}"]
    G = (np.exp(S - np.logaddexp.reduce(S, axis=1)[:, None]) - np.eye(S.shape[1])[y]) / len(y)
    grads = {}
    for k in range(depth, 0, -1):
        grads[f"b{k}"] = np.ones(len(y)) @ G
        grads[f"W{k}"] = np.einsum("nd,nh->dh", hs[k - 1], G) + reg * params[f"W{k}"] + reg * params[f"W{k}"]
        G = np.einsum("nh,dh->nd", G, params[f"W{k}"]) * np.sign(hs[k - 1]).clip(0)
    grads["loss"] = 0.0
    return {name: grads[name] for name in sorted(grads, reverse=True) if name != "loss"}

def loss(params, X, y, reg=0.0):
    S = forward(params, X)
    value = -np.mean((S - np.logaddexp.reduce(S, axis=1, keepdims=True))[np.arange(len(y)), y])
    for name in params:
        if name.startswith("W"):
            value += reg * np.linalg.norm(params[name]) ** 2
    return np.array([value])
""",
    "the long way back through batch normalisation": """
def batchnorm(x, gamma, beta, eps=1e-5):
    return gamma * ((x - x.mean(0)) / np.sqrt(x.var(0) + eps)) + beta, x.mean(0), x.var(0)

def batchnorm_backward(x, gamma, beta, g, eps=1e-5):
    N, H = x.shape
    xmu = x - x.mean(axis=0)
    ivar = 1.0 / np.sqrt(x.var(axis=0) + eps)
    dgamma = (g * xmu * ivar).sum(axis=0)
    dxhat = g * gamma
    dvar = (dxhat * xmu).sum(axis=0) * -0.5 * ivar**3
    dmu = -(dxhat * ivar).sum(axis=0) + dvar * (-2.0 * xmu).mean(axis=0)
    return [dxhat * ivar + dvar * 2 * xmu / N + dmu / N, dgamma, g.sum(axis=0)]
""",
    "uniform weights, batches by a generator function, everything in place on copies": """
def initialise(sizes, rng):
    params = {}
    for k, (n_in, n_out) in enumerate(zip(sizes[:-1], sizes[1:]), start=1):
        bound = np.sqrt(6 / n_in)
        params[f"b{k}"] = np.zeros((n_out,))
        params[f"W{k}"] = rng.uniform(-bound, bound, size=(n_in, n_out))
    return params

def minibatches(N, size, rng):
    rows = list(range(N))
    rng.shuffle(rows)
    while rows:
        yield rows[:size]
        rows = rows[size:]

def clip_by_norm(grads, bound):
    flat = np.concatenate([g.ravel() for g in grads.values()])
    factor = min(1.0, bound / max(np.linalg.norm(flat), 1e-300))
    return {name: g * factor for name, g in grads.items()}

def sgd(params, batches, lr, reg=0.0, bound=None):
    params = {name: array.copy() for name, array in params.items()}
    for X, y in batches:
        grads = gradients(params, X, y, reg)
        if bound:
            grads = clip_by_norm(grads, bound)
        for name in params:
            params[name] -= lr * grads[name]
    return params
""",
    "TwoLayerNet on top of the general functions, without replacement, in float32 where it trains": """
class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        rng = np.random.default_rng(np.random.randint(1 << 30))
        self.params = initialise([input_size, hidden_size, output_size], rng)
        for k, size in ((1, input_size), (2, hidden_size)):
            self.params[f"W{k}"] *= std / np.sqrt(2 / size)

    def loss(self, X, y=None, reg=0.0):
        if y is None:
            return forward(self.params, X)
        return float(loss(self.params, X, y, reg)), gradients(self.params, X, y, reg)

    def predict(self, X):
        return [int(row.argmax()) for row in self.loss(X)]

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95, reg=5e-6, num_iters=100,
              batch_size=200, verbose=False):
        self.history = []
        per_epoch = max(1, len(y) // batch_size)
        for step in range(num_iters):
            rows = np.random.permutation(len(y))[:batch_size]
            value, grads = self.loss(X[rows], y[rows], reg)
            self.history.append(value)
            rate = learning_rate * learning_rate_decay ** (step // per_epoch)
            self.params = {name: array - rate * grads[name] for name, array in self.params.items()}
        return {"loss_history": np.array(self.history)}

_double = initialise

def initialise(sizes, rng):
    return {name: array.astype(np.float32) for name, array in _double(sizes, rng).items()}
""",
}

# The gradients by an engine of the student's own, which lies in a file beside.
ENGINE = '''
"""Reverse mode on arrays, as in the assignment before."""
import numpy as np


class Tensor:
    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = data, parents, 0.0

    def __matmul__(self, other):
        return Tensor(self.data @ other.data, [(self, lambda g: g @ other.data.T), (other, lambda g: self.data.T @ g)])

    def __add__(self, other):
        return Tensor(self.data + other.data, [(self, lambda g: g), (other, lambda g: g.sum(axis=0))])

    def relu(self):
        return Tensor(np.maximum(self.data, 0), [(self, lambda g: g * (self.data > 0))])

    def cross_entropy(self, y):
        shifted = self.data - self.data.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        hot = np.eye(log_p.shape[1])[y]
        return Tensor(-np.sum(hot * log_p) / len(y), [(self, lambda g: g * (np.exp(log_p) - hot) / len(y))])

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, rule in node.parents:
                parent.grad = parent.grad + rule(node.grad)
'''
BY_ENGINE = """
from engine import Tensor


def gradients(params, X, y, reg=0.0):
    leaves = {name: Tensor(array) for name, array in params.items()}
    h, layers = Tensor(X), len(params) // 2
    for k in range(1, layers + 1):
        h = h @ leaves[f"W{k}"] + leaves[f"b{k}"]
        h = h.relu() if k < layers else h
    h.cross_entropy(y).backward()
    return {name: leaf.grad + 2 * reg * params[name] * name.startswith("W") for name, leaf in leaves.items()}
"""

# The gradients by the library `autograd`.
BY_AUTOGRAD = """
import autograd.numpy as anp
from autograd import grad


def gradients(params, X, y, reg=0.0):
    def value(params):
        h, layers = X, len(params) // 2
        for k in range(1, layers + 1):
            z = anp.dot(h, params[f"W{k}"]) + params[f"b{k}"]
            h = anp.maximum(0, z) if k < layers else z
        h = h - anp.max(h, axis=1, keepdims=True)
        log_p = h[anp.arange(len(y)), y] - anp.log(anp.sum(anp.exp(h), axis=1))
        return reg * sum(anp.sum(params[f"W{k}"] ** 2) for k in range(1, layers + 1)) - anp.mean(log_p)

    return grad(value)(params)
"""
