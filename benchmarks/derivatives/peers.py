"""The same work by other libraries, where they are installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.derivatives import workloads as w

Make = Callable[[str], Callable[[], Any] | None]


@dataclass(frozen=True)
class Peer:
    """A library. `make` gives its way of a workload, by the workload's name; None where it has none."""

    name: str
    package: str
    build: Callable[[], Mapping[str, Callable[[], Any]]]

    @property
    def installed(self) -> bool:
        """Whether it can be imported."""
        return importlib.util.find_spec(self.package) is not None

    def make(self, workload: str) -> Callable[[], Any] | None:
        """None where there is none."""
        return self.build().get(workload) if self.installed else None


def _nets(xp: Any) -> dict[str, Callable[..., Any]]:
    """The functions in a NumPy of somebody else's."""

    def hinge(params: Any) -> Any:
        W1, b1, W2, b2, W3, b3 = params
        h = xp.maximum(w.HINGE_X @ W1 + b1, 0.0)
        h = xp.maximum(h @ W2 + b2, 0.0)
        return xp.mean(xp.maximum(1.0 - w.HINGE_Y * (h @ W3 + b3)[:, 0], 0.0))

    def network(params: Any, x: Any, tanh: bool) -> Any:
        h = x
        for k in range(0, len(params) - 2, 2):
            z = xp.dot(h, params[k]) + params[k + 1]
            h = xp.tanh(z) if tanh else xp.maximum(z, 0.0)
        z = xp.dot(h, params[-2]) + params[-1]
        d = z - xp.max(z, axis=1, keepdims=True)
        return (xp.sum(xp.log(xp.sum(xp.exp(d), axis=1))) - xp.sum(w.LABELS * d)) / len(x)

    return {
        "hinge": hinge,
        "small": lambda p: network(p, w.SMALL_X, True),
        "large": lambda p: network(p, w.LARGE_X, False),
        "two": lambda a, b: xp.log(a) + a * b - xp.sin(b),
        "curved": lambda x: xp.sum(xp.tanh(xp.dot(w.A, x)) ** 2),
    }


def _autograd() -> Mapping[str, Callable[[], Any]]:
    import autograd
    import autograd.numpy as anp
    from autograd.builtins import tuple as atuple

    f = _nets(anp)

    def of(name: str, params: Any) -> Callable[[], Any]:
        both = autograd.value_and_grad(f[name])
        return lambda: _pair(both(params))

    two = autograd.value_and_grad(lambda ab: f["two"](*ab))
    slope = autograd.grad(f["small"])
    product = autograd.grad(
        lambda p: sum(anp.sum(one * v) for one, v in zip(slope(p), w.DIRECTION, strict=True))  # the slope along v
    )
    chain, hess = autograd.value_and_grad(w.chain), autograd.hessian(f["curved"])
    return {
        "hinge": of("hinge", w.HINGE),
        "small": of("small", w.SMALL),
        "large": of("large", w.LARGE),
        "two": lambda: _pair(two(atuple((2.0, 5.0)))),
        "chain": lambda: chain(0.1),
        "hessian": lambda: hess(w.POINT),
        "hvp": lambda: product(w.SMALL),
    }


def _torch() -> Mapping[str, Callable[[], Any]]:
    import torch

    torch.set_num_threads(1)
    functional = torch.nn.functional

    def of(params: Any, forward: Callable[[Any], Any]) -> Callable[[], Any]:
        own = [torch.tensor(p, requires_grad=True) for p in params]

        def run() -> Any:
            y = forward(own)
            gradients = torch.autograd.grad(y, own)
            return y.item(), [g.numpy() for g in gradients]

        return run

    def network(x: Any, act: Any) -> Callable[[Any], Any]:
        x, labels = torch.tensor(x), torch.tensor(w.LABELS)

        def forward(params: Any) -> Any:
            h = x
            for k in range(0, len(params) - 2, 2):
                h = act(torch.addmm(params[k + 1], h, params[k]))
            return functional.cross_entropy(torch.addmm(params[-1], h, params[-2]), labels)

        return forward

    x, y = torch.tensor(w.HINGE_X), torch.tensor(w.HINGE_Y)

    def hinge(params: Any) -> Any:
        W1, b1, W2, b2, W3, b3 = params
        h = torch.relu(torch.addmm(b1, x, W1))
        h = torch.relu(torch.addmm(b2, h, W2))
        return torch.relu(1.0 - y * torch.addmm(b3, h, W3)[:, 0]).mean()

    A, point = torch.tensor(w.A), torch.tensor(w.POINT)
    hess = torch.func.hessian(lambda x: (torch.tanh(A @ x) ** 2).sum())

    def two() -> Any:
        a, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (2.0, 5.0))
        value = torch.log(a) + a * b - torch.sin(b)
        value.backward()
        return value.item(), (a.grad.item(), b.grad.item())

    def chain() -> Any:
        start = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
        value = w.chain(start)
        value.backward()
        return value.item(), start.grad.item()

    return {
        "hinge": of(w.HINGE, hinge),
        "small": of(w.SMALL, network(w.SMALL_X, torch.tanh)),
        "large": of(w.LARGE, network(w.LARGE_X, torch.relu)),
        "two": two,
        "chain": chain,
        "hessian": lambda: hess(point).numpy(),
        "hvp": _torch_product(network(w.SMALL_X, torch.tanh)),
    }


def _torch_product(forward: Callable[[Any], Any]) -> Callable[[], Any]:
    """The gradient of the gradient's product with a vector."""
    import torch

    own, along = [torch.tensor(p, requires_grad=True) for p in w.SMALL], [torch.tensor(v) for v in w.DIRECTION]

    def run() -> Any:
        gradients = torch.autograd.grad(forward(own), own, create_graph=True)
        return [p.numpy() for p in torch.autograd.grad(gradients, own, along)]

    return run


def _jax(jit: bool) -> Mapping[str, Callable[[], Any]]:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    f = _nets(jnp)
    made = jax.jit if jit else (lambda g: g)

    def of(g: Callable[..., Any], *args: Any) -> Callable[[], Any]:
        compiled = made(g)
        return lambda: jax.tree_util.tree_map(lambda leaf: leaf.block_until_ready(), compiled(*args))

    return {
        "hinge": of(jax.value_and_grad(f["hinge"]), w.HINGE),
        "small": of(jax.value_and_grad(f["small"]), w.SMALL),
        "large": of(jax.value_and_grad(f["large"]), w.LARGE),
        "two": of(jax.value_and_grad(f["two"], (0, 1)), 2.0, 5.0),
        "hessian": of(jax.hessian(f["curved"]), w.POINT),
        "hvp": of(lambda p, v: jax.jvp(jax.grad(f["small"]), (p,), (v,))[1], w.SMALL, w.DIRECTION),
    }


def _pair(result: Any) -> Any:
    value, gradients = result
    return value, list(gradients)


PEERS = [
    Peer("HIPS autograd", "autograd", _autograd),
    Peer("PyTorch eager", "torch", _torch),
    Peer("JAX jit", "jax", lambda: _jax(jit=True)),
    Peer("JAX", "jax", lambda: _jax(jit=False)),
]
