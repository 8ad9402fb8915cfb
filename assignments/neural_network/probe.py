"""Runs what is no plain data: the class TwoLayerNet, and functions that take a generator."""

import numpy as np
import submission


def _two_layers(params):
    (D, H), C = params["W1"].shape, len(params["b2"])
    net = submission.TwoLayerNet(D, H, C)
    net.params = dict(params)
    return net


def _ask(net, method, *args, **options):
    """What the method returns; where it is not written, its name is told."""
    name = f"TwoLayerNet.{method}"
    if not hasattr(net, method):
        getattr(submission, name)
    try:
        answer = getattr(net, method)(*args, **options)
    except NotImplementedError:
        getattr(submission, name)
        raise
    if answer is None and method != "train":
        getattr(submission, name)
    return answer


def two_scores(params, X):
    return _ask(_two_layers(params), "loss", X)


def two_loss(params, X, y, reg):
    """The loss and the gradients."""
    return _ask(_two_layers(params), "loss", X, y, reg=reg)


def two_slope(W1, b1, W2, b2, X, y):
    """The gradient by W1."""
    return two_loss({"W1": W1, "b1": b1, "W2": W2, "b2": b2}, X, y, 0.0)[1]["W1"]


def slope(W1, b1, W2, b2, X, y):
    """The gradient by W1, of `gradients`."""
    return submission.gradients({"W1": W1, "b1": b1, "W2": W2, "b2": b2}, X, y, 0.0)["W1"]


def batchnorm_slope(x, gamma, beta, g):
    """The gradient by x."""
    return submission.batchnorm_backward(x, gamma, beta, g)[0]


def two_twice(params, X, y, reg):
    """The loss and the gradients of a second call, and the parameters and the data after it."""
    net = _two_layers(params)
    _ask(net, "loss", X, y, reg=reg)
    loss, grads = _ask(net, "loss", X, y, reg=reg)
    return loss, grads, {name: net.params[name] for name in params}, X, y


def two_predict(params, X):
    return _ask(_two_layers(params), "predict", X)


def _two_train(seed, params, data, options):
    np.random.seed(seed)
    net = _two_layers(params)
    return net, _ask(net, "train", *data, verbose=False, **options)


def two_train(seed, params, data, options):
    """The parameters afterwards."""
    net, _ = _two_train(seed, params, data, options)
    return {name: net.params[name] for name in params}


def two_history(seed, params, data, options):
    """The losses that train reports."""
    _, history = _two_train(seed, params, data, options)
    return history["loss_history"]


def two_learn(seed, sizes, data, options, X_new):
    """What a network that was trained predicts."""
    np.random.seed(seed)
    net = submission.TwoLayerNet(*sizes, std=options.pop("std"))
    _ask(net, "train", *data, verbose=False, **options)
    return _ask(net, "predict", X_new)


def initial(sizes, seed):
    return submission.initialise(sizes, np.random.default_rng(seed))


def batches(N, size, seed):
    return [np.asarray(rows) for rows in submission.minibatches(N, size, np.random.default_rng(seed))]


def fit(seed, params, data, options):
    return submission.train(params, *data, np.random.default_rng(seed), **options)


def learn(seed, sizes, data, options):
    """The parameters of a network that was initialised and trained."""
    rng = np.random.default_rng(seed)
    return submission.train(submission.initialise(sizes, rng), *data, rng, **options)[0]
