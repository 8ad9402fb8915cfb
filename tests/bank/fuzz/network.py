"""A random network: layers one after the other, its value and its gradient, right or with a mistake in one layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.bank.case import Array, Generator
from tests.bank.fuzz import elementwise, heads, mixing
from tests.bank.fuzz.layer import Layer

RESCALED, FACTORS = 0.25, (1e-4, 1e4)  # the share of parameters that are kept multiplied by one of the factors


@dataclass(frozen=True, slots=True)
class Network:
    """Layers on an input X (N, D), which is the first parameter or a constant.

    A parameter p is used as p/factor. `decay` times the sum of the squares of what is used is added to a loss. With
    `low`, everything is computed in float32 whatever the parameters are.
    """

    X: Array
    layers: tuple[Layer, ...]
    factors: tuple[float, ...]
    X_is_parameter: bool
    scalar: bool
    decay: float = 0.0
    low: bool = False

    def _used(self, params: Sequence[Array]) -> list[Array]:
        dtypes = [np.dtype(np.float32) if self.low else p.dtype for p in params]
        return [np.asarray(p / f).astype(t) for p, f, t in zip(params, self.factors, dtypes, strict=True)]

    def _through(self, used: list[Array]) -> tuple[list[Any], list[list[Array]]]:
        """What each layer was given, the output at the end; and each layer's parameters."""
        rest = list(used)
        h: list[Any] = [rest.pop(0) if self.X_is_parameter else self.X.astype(used[0].dtype)]
        own = []
        for layer in self.layers:
            own.append([rest.pop(0) for _ in layer.params])
            h.append(layer.forward(h[-1], *own[-1]))
        return h, own

    def value(self, *params: Array) -> Any:
        """The output (N, D), or the loss."""
        used = self._used(params)
        out = self._through(used)[0][-1]
        return out + self.decay * sum((p * p).sum() for p in used) if self.decay else out

    def gradients(
        self, params: Sequence[Array], g: Array | None, wrong: tuple[int, str] | None = None, penalty: float = 1.0
    ) -> list[Array]:
        """By every parameter; `wrong` names a layer and its mistake, `penalty` multiplies the decay's gradient."""
        used = self._used(params)
        h, own = self._through(used)
        back = np.ones((), used[0].dtype) if g is None else g
        grads: list[Array] = []
        for k in reversed(range(len(self.layers))):
            mistake = wrong[1] if wrong and wrong[0] == k else None
            back, *by_params = self.layers[k].backward(mistake, h[k], back, *own[k])
            grads = [*by_params, *grads]
        grads = [back, *grads] if self.X_is_parameter else grads
        if self.decay:
            grads = [d + (2 * penalty * self.decay * p).astype(p.dtype) for d, p in zip(grads, used, strict=True)]
        return [np.asarray(d / f).astype(d.dtype) for d, f in zip(grads, self.factors, strict=True)]

    @property
    def title(self) -> str:
        """The names of its layers."""
        return ", ".join(layer.name for layer in self.layers)


def draw_network(rng: Generator) -> tuple[Network, list[Array]]:
    """A network of one to four layers, perhaps with a loss, and its parameters."""
    N, D = (int(n) for n in rng.integers(3, 9, size=2))
    X, layers, width = rng.normal(size=(N, D)), [], D
    for _ in range(int(rng.integers(1, 5))):
        pool = elementwise.LAYERS if rng.random() < 0.45 else mixing.LAYERS
        layer = pool[int(rng.integers(len(pool)))](rng, N, width)
        width = layer.params[1].size if layer.name == "dense" else width
        layers.append(layer)
    scalar = bool(rng.random() < 0.6)
    if scalar:
        layers.append(heads.LAYERS[int(rng.integers(len(heads.LAYERS)))](rng, N, width))
    weights = [p for layer in layers for p in layer.params]
    X_is_parameter = not weights or bool(rng.random() < 0.5)
    params = [X, *weights] if X_is_parameter else weights
    factors = [float(rng.choice(FACTORS)) if rng.random() < RESCALED else 1.0 for _ in params]
    decay = float(rng.choice([1e-3, 1e-2, 0.1])) if scalar and rng.random() < 0.3 else 0.0
    kind = rng.random()
    single, low = kind < 0.12, 0.12 <= kind < 0.17
    network = Network(X, tuple(layers), tuple(factors), X_is_parameter, scalar, decay, low)
    scaled = [np.array(p * f, dtype=np.float32 if single else np.float64) for p, f in zip(params, factors, strict=True)]
    return network, scaled
