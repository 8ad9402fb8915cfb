"""Neural networks on top of automatic differentiation: plain functions over plain arrays and dicts of them.

>>> import numpy as np
>>> from reference import data
>>> rng = np.random.default_rng(0)
>>> X, y = data.moons(200, rng)
>>> def loss(params, x, y):
...     return cross_entropy(mlp.forward(params, x), y) + l2_penalty(params, 1e-4)
>>> plan = Plan(adam(0.02), epochs=40, batch_size=20)
>>> trained = train(loss, mlp.init((2, 16, 2), rng), (X, y), plan, rng)
>>> accuracy(mlp.forward(trained.params, X), y) > 0.95
True
"""

from reference.nn import mlp
from reference.nn.activations import log_softmax, relu, sigmoid, softmax, softplus, tanh
from reference.nn.batches import batches
from reference.nn.initialisation import he_normal, he_uniform, xavier_normal, xavier_uniform, zeros
from reference.nn.layers import affine, batch_norm, batch_norm_state, dropout, layer_norm
from reference.nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_of_probabilities,
    binary_hinge_loss,
    cross_entropy,
    hinge_loss,
    one_hot,
    squared_loss,
)
from reference.nn.metrics import accuracy, predictions
from reference.nn.optimisers import Optimiser, adam, momentum, nesterov, sgd
from reference.nn.regularisation import clip_by_norm, clip_by_value, global_norm, l2_penalty
from reference.nn.training import History, Plan, Snapshot, Trained, train

__all__ = [
    "History",
    "Optimiser",
    "Plan",
    "Snapshot",
    "Trained",
    "accuracy",
    "adam",
    "affine",
    "batch_norm",
    "batch_norm_state",
    "batches",
    "binary_cross_entropy",
    "binary_cross_entropy_of_probabilities",
    "binary_hinge_loss",
    "clip_by_norm",
    "clip_by_value",
    "cross_entropy",
    "dropout",
    "global_norm",
    "he_normal",
    "he_uniform",
    "hinge_loss",
    "l2_penalty",
    "layer_norm",
    "log_softmax",
    "mlp",
    "momentum",
    "nesterov",
    "one_hot",
    "predictions",
    "relu",
    "sgd",
    "sigmoid",
    "softmax",
    "softplus",
    "squared_loss",
    "tanh",
    "train",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]
