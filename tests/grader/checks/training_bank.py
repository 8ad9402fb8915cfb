"""A network trained by stochastic gradient descent, momentum or Adam, rightly and with each of 18 known mistakes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

BY_STEP = (
    "missing 1/m", "scaled by 1.01", "bias averaged", "softmax twice", "one class halved", "no activation derivative",
    "1 - tanh", "W3 not transposed", "first layer frozen", "W2 gradient transposed", "sign of W1", "not zeroed",
    "one step late", "biases frozen", "wrong way", "last layer only",
)  # fmt: skip
BUGS = [
    *((bug, "sgd") for bug in BY_STEP),
    ("momentum times 1 - beta", "momentum"),
    ("Adam without bias correction", "adam"),
]
RIGHT = ["sgd", "momentum", "adam"]


def spirals(count: int, rng: np.random.Generator) -> Any:
    t, y = np.sqrt(rng.random(count)) * 2.2 * np.pi, rng.integers(0, 2, count)
    a = t + y * np.pi
    return np.c_[t * np.cos(a), t * np.sin(a)] / 6 + rng.normal(size=(count, 2)) * 0.03, y


def initial(rng: np.random.Generator, hidden: int = 12) -> Any:
    sizes = [2, hidden, hidden, 2]
    return [{"W": rng.normal(size=(D, H)) / np.sqrt(D), "b": np.zeros(H)} for D, H in itertools.pairwise(sizes)]


def gradients(params: Any, X: Any, y: Any, bug: str = "") -> Any:
    (W1, b1), (W2, b2), (W3, b3) = ((layer["W"], layer["b"]) for layer in params)
    m = len(y)
    a1 = np.tanh(X @ W1 + b1)
    a2 = np.tanh(a1 @ W2 + b2)
    Z = a2 @ W3 + b3
    G = np.exp(Z - Z.max(1, keepdims=True))
    G = G / G.sum(1, keepdims=True)
    if bug == "softmax twice":
        G = np.exp(G) / np.exp(G).sum(1, keepdims=True)
    G[np.arange(m), y] -= 1
    G = G if bug == "missing 1/m" else G / m
    if bug == "one class halved":
        G[:, 1] *= 0.5
    d2 = G @ W3.T
    if bug == "1 - tanh":
        d2 = d2 * (1 - a2)
    elif bug != "no activation derivative":
        d2 = d2 * (1 - a2**2)
    d1 = (d2 @ W2 if bug == "W3 not transposed" else d2 @ W2.T) * (1 - a1**2)
    dW = [X.T @ d1, a1.T @ d2, a2.T @ G]
    db = [d1.sum(0), d2.sum(0), G.sum(0)]
    if bug == "bias averaged":
        db = [g / m for g in db]
    if bug == "scaled by 1.01":
        dW, db = [1.01 * g for g in dW], [1.01 * g for g in db]
    if bug == "W2 gradient transposed":
        dW[1] = dW[1].T
    if bug == "sign of W1":
        dW[0] = -dW[0]
    frozen_layers = {"first layer frozen": [0], "last layer only": [0, 1]}.get(bug, [])
    for k in frozen_layers:
        dW[k], db[k] = 0 * dW[k], 0 * db[k]
    if bug == "biases frozen":
        db = [0 * g for g in db]
    flip = -1 if bug == "wrong way" else 1
    return [{"W": flip * W, "b": flip * b} for W, b in zip(dW, db, strict=True)]


def train(params: Any, batches: Any, *, lr: float = 0.3, optimiser: str = "sgd", bug: str = "") -> Any:
    P = [layer[key] for layer in params for key in ("W", "b")]
    V, M = [0 * p for p in P], [0 * p for p in P]
    kept: Any = None
    for step, (X, y) in enumerate(batches, 1):
        now = [{"W": P[k], "b": P[k + 1]} for k in range(0, len(P), 2)]
        g = [layer[key] for layer in gradients(now, X, y, bug) for key in ("W", "b")]
        if bug == "not zeroed":
            g = kept = g if kept is None else [a + b for a, b in zip(kept, g, strict=True)]
        if bug == "one step late":
            g, kept = (g if kept is None else kept), g
        if optimiser == "momentum":
            share = 0.1 if bug == "momentum times 1 - beta" else 1.0
            V = [0.9 * v + share * q for v, q in zip(V, g, strict=True)]
            P = [p - 0.1 * lr * v for p, v in zip(P, V, strict=True)]
        elif optimiser == "adam":
            M = [0.9 * a + 0.1 * q for a, q in zip(M, g, strict=True)]
            V = [0.999 * v + 0.001 * q * q for v, q in zip(V, g, strict=True)]
            biased = bug == "Adam without bias correction"
            c1, c2 = (1.0, 1.0) if biased else (1 - 0.9**step, 1 - 0.999**step)
            P = [p - 0.01 * (a / c1) / (np.sqrt(v / c2) + 1e-8) for p, a, v in zip(P, M, V, strict=True)]
        else:
            P = [p - lr * q for p, q in zip(P, g, strict=True)]
    return [{"W": P[k], "b": P[k + 1]} for k in range(0, len(P), 2)]
