"""The multi-layer perceptron: affine layers with an activation between them.

Its parameters are a dict with W1 (D, H), b1 (H,), W2, b2, ..., in the order of the layers.

    >>> import numpy as np
    >>> params = init((2, 5, 3), np.random.default_rng(0))
    >>> {name: value.shape for name, value in params.items()}
    {'W1': (2, 5), 'b1': (5,), 'W2': (5, 3), 'b2': (3,)}
    >>> forward(params, np.ones((4, 2))).shape
    (4, 3)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from reference.autodiff.ops import affine, relu
from reference.nn.initialisation import he_normal, xavier_normal, zeros

if TYPE_CHECKING:
    import numpy as np

Activation = Callable[[Any], Any]
Params = dict[str, Any]


def init(sizes: Sequence[int], rng: np.random.Generator, *, activation: Activation = relu) -> Params:
    """Initial parameters: He's for relu, otherwise Xavier's; biases 0.

    Args:
        sizes: (D, H, ..., C): the inputs, the units of each hidden layer, the outputs. (D, C) is a linear classifier.
        rng: Where weights are drawn from.
        activation: The one that `forward` will be given.

    Raises:
        ValueError: There are fewer than two sizes, or one is below 1.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"a network needs the sizes of its input and its output at least, each above 0, not {sizes}")
    draw = he_normal if activation is relu else xavier_normal
    params = {}
    for layer, (inputs, units) in enumerate(pairwise(sizes), 1):
        params[f"W{layer}"] = draw(rng, inputs, units)
        params[f"b{layer}"] = zeros(units)
    return params


def forward(params: Params, x: Any, *, activation: Activation = relu) -> Any:
    """The logits (N, C) of x (N, D): affine, activation, ..., affine. Nothing follows the last layer."""
    for layer in range(1, depth(params)):
        x = activation(affine(x, params[f"W{layer}"], params[f"b{layer}"]))
    return affine(x, params[f"W{depth(params)}"], params[f"b{depth(params)}"])


def depth(params: Params) -> int:
    """How many affine layers there are."""
    return sum(name.startswith("W") for name in params)
