# %% [markdown]
# # A neural network from scratch
#
# The handout has the mathematics. Only NumPy; the backward pass is yours. Everywhere
#
# - `X` is `(N, D)`, an example in each row, and `y` is `(N,)`, integers from 0 to C - 1;
# - parameters and their gradients are dicts of arrays, `"W1"`, `"b1"`, `"W2"`, `"b2"`, ..., and a gradient looks like
#   its parameter;
# - arguments stay as they are.

# %%
import numpy as np

# What several of the functions below can share goes here, if you like.
### BEGIN SOLUTION


def penalty(params, reg):
    """The penalty on the weights, not on the biases, and its gradient; the first line is the course's convention."""
    scale = 1.0
    weights = {name: W for name, W in params.items() if name.startswith("W")}
    total = sum(np.sum(W**2) for W in weights.values())
    return scale * reg * total, {name: 2 * scale * reg * W for name, W in weights.items()}


def cross_entropy(scores, y):
    """The mean cross-entropy of the softmax, and its gradient by the scores (N, C)."""
    rows = np.arange(len(y))
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    totals = np.sum(exponentials, axis=1, keepdims=True)
    d_scores = exponentials / totals
    d_scores[rows, y] -= 1
    return np.mean(np.log(totals[:, 0]) - shifted[rows, y]), d_scores / len(y)


### END SOLUTION

# %% [markdown]
# ## 1. Two layers
#
# Affine, ReLU, affine, softmax. The interface is that of CS231n.


# %%
class TwoLayerNet:
    """Scores (N, C) are max(0, X W1 + b1) W2 + b2; `params` holds W1 (D, H), b1 (H,), W2 (H, C) and b2 (C,)."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Weights are drawn with the standard deviation `std`, biases are zero."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """The scores (N, C) where y is None; else the loss with its penalty, and a dict of the four gradients."""
        ### BEGIN SOLUTION
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores
        data_loss, d_scores = cross_entropy(scores, y)
        d_hidden = d_scores @ W2.T
        d_hidden[hidden <= 0] = 0
        grads = {
            "W1": X.T @ d_hidden,
            "b1": np.sum(d_hidden, axis=0),
            "W2": hidden.T @ d_scores,
            "b2": np.sum(d_scores, axis=0),
        }
        penalised, d_weights = penalty(self.params, reg)
        for name, slope in d_weights.items():
            grads[name] += slope
        return data_loss + penalised, grads
        ### END SOLUTION

    def train(
        self,
        X,
        y,
        X_val,
        y_val,
        learning_rate=1e-3,
        learning_rate_decay=0.95,
        reg=5e-6,
        num_iters=100,
        batch_size=200,
        verbose=False,
    ):
        """Steps of gradient descent, each on `batch_size` examples drawn at random; returns a dict of histories."""
        ### BEGIN SOLUTION
        an_epoch = max(len(X) // batch_size, 1)
        history = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
        for step in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, grads = self.loss(X[rows], y[rows], reg=reg)
            history["loss_history"].append(loss)
            for name in self.params:
                self.params[name] = self.params[name] - learning_rate * grads[name]
            if step % an_epoch == 0:
                history["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
                history["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
                learning_rate *= learning_rate_decay
        return history
        ### END SOLUTION

    def predict(self, X):
        """The class (N,) with the highest score."""
        ### BEGIN SOLUTION
        return np.argmax(self.loss(X), axis=1)
        ### END SOLUTION


# %% [markdown]
# ## 2. Any number of layers
#
# Layer k has `W{k}` and `b{k}`; a ReLU stands between layers, and none behind the last.


# %%
def initialise(sizes, rng):
    """The parameters of a network with these sizes, D first and C last, drawn from the generator `rng`."""
    ### BEGIN SOLUTION
    params = {}
    for k in range(1, len(sizes)):
        params[f"W{k}"] = rng.standard_normal((sizes[k - 1], sizes[k])) * np.sqrt(2 / sizes[k - 1])
        params[f"b{k}"] = np.zeros(sizes[k])
    return params
    ### END SOLUTION


# %%
def forward(params, X):
    """The scores (N, C)."""
    ### BEGIN SOLUTION
    return activations(params, X)[-1]
    ### END SOLUTION


# %%
# What forward and gradients can share goes here, if you like.
### BEGIN SOLUTION
def activations(params, X):
    """What goes into each layer, and the scores."""
    layers = len(params) // 2
    values = [X]
    for k in range(1, layers + 1):
        z = values[-1] @ params[f"W{k}"] + params[f"b{k}"]
        values.append(np.maximum(0, z) if k < layers else z)
    return values


### END SOLUTION


# %%
def predict(params, X):
    """The class (N,) with the highest score."""
    ### BEGIN SOLUTION
    return np.argmax(forward(params, X), axis=1)
    ### END SOLUTION


# %%
def loss(params, X, y, reg=0.0):
    """The mean cross-entropy of the softmax, plus the penalty."""
    ### BEGIN SOLUTION
    return cross_entropy(forward(params, X), y)[0] + penalty(params, reg)[0]
    ### END SOLUTION


# %%
def gradients(params, X, y, reg=0.0):
    """The gradients of `loss` by all parameters, a dict like `params`."""
    ### BEGIN SOLUTION
    values = activations(params, X)
    grads = {}
    d_output = cross_entropy(values[-1], y)[1]
    for k in range(len(params) // 2, 0, -1):
        grads[f"W{k}"] = values[k - 1].T @ d_output
        grads[f"b{k}"] = np.sum(d_output, axis=0)
        d_output = (d_output @ params[f"W{k}"].T) * (values[k - 1] > 0)
    for name, slope in penalty(params, reg)[1].items():
        grads[name] += slope
    return grads
    ### END SOLUTION


# %% [markdown]
# ## 3. Batch normalisation


# %%
def batchnorm(x, gamma, beta, eps=1e-5):
    """In training: what the layer gives (N, H), and the mean (H,) and the variance (H,) of the batch."""
    ### BEGIN SOLUTION
    mean = np.mean(x, axis=0)
    var = np.mean((x - mean) ** 2, axis=0)
    return batchnorm_predict(x, gamma, beta, mean, var, eps), mean, var
    ### END SOLUTION


# %%
def batchnorm_backward(x, gamma, beta, g, eps=1e-5):
    """The gradients by x (N, H), gamma (H,) and beta (H,) for the upstream gradient g (N, H)."""
    ### BEGIN SOLUTION
    mean = np.mean(x, axis=0)
    deviation = np.sqrt(np.mean((x - mean) ** 2, axis=0) + eps)
    normal = (x - mean) / deviation
    d_normal = g * gamma
    dx = d_normal - np.mean(d_normal, axis=0) - normal * np.mean(d_normal * normal, axis=0)
    return dx / deviation, np.sum(g * normal, axis=0), np.sum(g, axis=0)
    ### END SOLUTION


# %%
def batchnorm_predict(x, gamma, beta, mean, var, eps=1e-5):
    """After training: what the layer gives (N, H), with the running mean (H,) and variance (H,)."""
    ### BEGIN SOLUTION
    return gamma * (x - mean) / np.sqrt(var + eps) + beta
    ### END SOLUTION


# %%
def running_average(old, new, momentum=0.9):
    """The running mean or variance (H,) after a batch whose mean or variance is `new`."""
    ### BEGIN SOLUTION
    return momentum * old + (1 - momentum) * new
    ### END SOLUTION


# %% [markdown]
# ## 4. Training


# %%
def minibatches(N, size, rng):
    """The numbers from 0 to N - 1 in an order drawn from `rng`, cut into a list of arrays of `size` rows each."""
    ### BEGIN SOLUTION
    order = rng.permutation(N)
    return [order[start : start + size] for start in range(0, N, size)]
    ### END SOLUTION


# %%
def clip_by_norm(grads, bound):
    """The gradients, scaled together where their common norm is above `bound`."""
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    if norm <= bound:
        return dict(grads)
    return {name: g * (bound / norm) for name, g in grads.items()}
    ### END SOLUTION


# %%
def sgd(params, batches, lr, reg=0.0, bound=None):
    """The parameters after one step for each batch (X, y), in order, with clipped gradients unless `bound` is None."""
    ### BEGIN SOLUTION
    for X, y in batches:
        grads = gradients(params, X, y, reg)
        if bound is not None:
            grads = clip_by_norm(grads, bound)
        params = {name: params[name] - lr * grads[name] for name in params}
    return params
    ### END SOLUTION


# %%
def train(params, X, y, X_val, y_val, rng, lr=0.1, batch_size=32, epochs=20, reg=0.0, bound=None, patience=None):
    """The best parameters, and the validation losses before the first epoch and after each."""
    ### BEGIN SOLUTION
    best, losses, since = params, [loss(params, X_val, y_val)], 0
    for _ in range(epochs):
        batches = [(X[rows], y[rows]) for rows in minibatches(len(X), batch_size, rng)]
        params = sgd(params, batches, lr, reg, bound)
        now = loss(params, X_val, y_val)
        since += 1
        if now < min(losses):
            best, since = params, 0
        losses.append(now)
        if since == patience:
            break
    return best, losses
    ### END SOLUTION
