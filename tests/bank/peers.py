"""Other gradient checkers with their default settings, each a function of a case: does it accept the gradient?

What is a package is called where it is installed; what is a formula in a course's notes or tests is written here from
its description. Most differentiate one number of one vector, so they get sum(R * f) for a random R; minitorch and
needle take R = 1, as they do.
"""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable, Sequence
from importlib import import_module, metadata
from typing import Any

import numpy as np

from tests.bank.case import Array, Case

Peer = Callable[["Trial"], bool]


class OutOfTimeError(Exception):
    """A peer has had all its seconds for a case."""


class Trial:
    """A case made from a seed, whose calls are counted, for so many seconds."""

    def __init__(self, case: Case, seed: int, seconds: float) -> None:
        make = case.make
        value = np.asarray(make(np.random.default_rng(seed))[0](*make(np.random.default_rng(seed))[2]))
        self._f, self._vjp, self.params = make(np.random.default_rng(seed))
        self.shape, self.dtype, self.scalar = value.shape, value.dtype, value.ndim == 0
        self.calls, self.out_of_time = 0, False
        self._until = time.process_time() + seconds

    def f(self, *params: Array) -> Any:
        """The function, as the case has it."""
        self._count()
        return self._f(*params)

    def vjp(self, *arguments: Array) -> Any:
        """The gradient, as the case has it."""
        self._count()
        return self._vjp(*arguments)

    def value(self, params: Sequence[Array]) -> Array:
        """The function's value at a copy of the parameters."""
        return np.asarray(self.f(*[np.array(p) for p in params]))

    def grads(self, params: Sequence[Array], g: Array) -> list[Array]:
        """The gradients at a copy of the parameters, by the upstream gradient g; the wrong shape is refused."""
        arguments = [np.array(p) for p in params]
        found = self.vjp(*arguments, *([] if self.scalar else [np.array(g, dtype=self.dtype)]))
        grads = [np.asarray(d) for d in ([found] if len(self.params) == 1 else found)]
        if [d.shape for d in grads] != [p.shape for p in self.params]:
            raise ValueError("wrong shapes")
        return [d * d.dtype.type(g) for d in grads] if self.scalar else grads

    def upstream(self, seed: int = 0) -> Array:
        """R: normal, or 1 for a number."""
        return np.ones(()) if self.scalar else np.random.default_rng(seed).normal(size=self.shape)

    def as_vector(self, R: Array) -> tuple[Callable[[Array], float], Callable[[Array], Array], Array]:
        """sum(R * f) as a function of one vector, its gradient, and the vector."""

        def split(x: Array) -> list[Array]:
            ends = np.cumsum([p.size for p in self.params])[:-1]
            parts = zip(np.split(x, ends), self.params, strict=True)
            return [part.reshape(p.shape).astype(p.dtype) for part, p in parts]

        def flat(arrays: Sequence[Array]) -> Array:
            return np.concatenate([np.asarray(a, float).ravel() for a in arrays])

        return (
            lambda x: float((self.value(split(x)) * R).sum()),
            lambda x: flat(self.grads(split(x), R)),
            flat(self.params),
        )

    def _count(self) -> None:
        self.calls += 1
        if time.process_time() > self._until:
            self.out_of_time = True
            raise OutOfTimeError


def judge(peer: Peer, trial: Trial) -> bool | None:
    """True if it accepts, False if it rejects (raising is rejecting), None where it ends without a verdict."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            accepts = peer(trial)
    except MemoryError:
        return None
    except Exception:
        accepts = False
    return None if trial.out_of_time else bool(accepts)


# ---------------------------------------------------------------- packages


def torch_gradcheck(*, fast: bool) -> Peer:
    """torch.autograd.gradcheck."""

    def peer(trial: Trial) -> bool:
        torch = import_module("torch")

        class Function(torch.autograd.Function):  # type: ignore[name-defined, misc]
            @staticmethod
            def forward(ctx: Any, *tensors: Any) -> Any:
                ctx.arrays = [t.detach().numpy().copy() for t in tensors]
                return torch.from_numpy(np.array(trial.value(ctx.arrays)))

            @staticmethod
            def backward(ctx: Any, g: Any) -> Any:
                grads = trial.grads(ctx.arrays, g.contiguous().numpy())
                return tuple(torch.from_numpy(np.ascontiguousarray(d)) for d in grads)

        tensors = tuple(torch.from_numpy(p.copy()).requires_grad_() for p in trial.params)
        return bool(torch.autograd.gradcheck(Function.apply, tensors, fast_mode=fast))

    return peer


def jax_check_vjp(trial: Trial) -> bool:
    """jax.test_util.check_vjp, in 64 bits; its tolerances by dtype."""
    import_module("jax").config.update("jax_enable_x64", True)

    def f_vjp(*params: Array) -> Any:
        return trial.value(params), lambda g: tuple(trial.grads(params, np.array(g)))

    import_module("jax.test_util").check_vjp(lambda *params: trial.value(params), f_vjp, tuple(trial.params))
    return True


def autograd_check_grads(trial: Trial) -> bool:
    """HIPS autograd's check_grads, reverse mode, first order."""
    extend, test_util = import_module("autograd.extend"), import_module("autograd.test_util")
    np.random.seed(0)

    @extend.primitive  # type: ignore[untyped-decorator]
    def function(*params: Any) -> Any:
        value = trial.value([np.array(p) for p in params])
        return value if value.shape else float(value)

    def maker(at: int) -> Callable[..., Any]:
        return lambda value, *params: lambda g: trial.grads([np.array(p) for p in params], np.array(g))[at]

    everything = tuple(range(len(trial.params)))
    extend.defvjp(function, *map(maker, everything), argnums=everything)
    test_util.check_grads(function, everything, modes=["rev"], order=1)(*trial.params)
    return True


def scipy_check_grad(trial: Trial) -> bool:
    """scipy.optimize.check_grad returns a norm; below 1e-5 counts as right here."""
    return bool(import_module("scipy.optimize").check_grad(*trial.as_vector(trial.upstream())) < 1e-5)


def scipy_check_derivative(trial: Trial) -> bool:
    """check_derivative of scipy.optimize._numdiff; right where "1e-6 or lower", as its documentation says."""
    F, G, x = trial.as_vector(trial.upstream())
    return bool(import_module("scipy.optimize._numdiff").check_derivative(F, lambda z: G(z)[None], x) < 1e-6)


def numdifftools_gradient(trial: Trial) -> bool:
    """numdifftools.Gradient against the gradient by numpy.allclose."""
    F, G, x = trial.as_vector(trial.upstream())
    return bool(np.allclose(G(x), import_module("numdifftools").Gradient(F)(x)))


# ---------------------------------------------------------------- formulas of courses


def central(F: Callable[[Array], float], x: Array, at: Sequence[int] | range, h: float) -> Array:
    """(F(x + h) − F(x − h)) / 2h by some coordinates."""
    found = np.empty(len(at))
    for k, i in enumerate(at):
        unit = np.zeros_like(x)
        unit[i] = h
        found[k] = (F(x + unit) - F(x - unit)) / (2 * h)
    return found


def some(trial: Trial, count: int) -> list[int]:
    """So many random coordinates of each parameter, as coordinates of the one vector."""
    rng, start, found = np.random.default_rng(0), 0, []
    for p in trial.params:
        found += [start + int(rng.integers(p.size)) for _ in range(count)]
        start += p.size
    return found


def cs231n(*, samples: int | None) -> Peer:
    """|a − n| / max(1e-8, |a| + |n|) below 1e-4, with h = 1e-5: everywhere, or at some coordinates of each array."""

    def peer(trial: Trial) -> bool:
        F, G, x = trial.as_vector(trial.upstream())
        at = range(x.size) if samples is None else some(trial, samples)
        a, n = G(x)[at], central(F, x, at, 1e-5)
        return bool(np.max(np.abs(a - n) / np.maximum(1e-8, np.abs(a) + np.abs(n))) < 1e-4)

    return peer


def minitorch(trial: Trial) -> bool:
    """One coordinate of each array, h = 1e-6, within 1e-2; upstream ones."""
    F, G, x = trial.as_vector(np.ones(trial.shape))
    at = some(trial, 1)
    return bool(np.allclose(G(x)[at], central(F, x, at, 1e-6), rtol=1e-2, atol=1e-2))


def needle(trial: Trial) -> bool:
    """The sum of the arrays' error norms below 1e-6, h = 1e-4; upstream ones."""
    F, G, x = trial.as_vector(np.ones(trial.shape))
    error = central(F, x, range(x.size), 1e-4) - G(x)
    ends = np.cumsum([p.size for p in trial.params])[:-1]
    return bool(sum(np.linalg.norm(part) for part in np.split(error, ends)) < 1e-6)


# By name: the package that it needs, and the checker.
PEERS: dict[str, tuple[str, Peer]] = {
    "torch gradcheck, slow": ("torch", torch_gradcheck(fast=False)),
    "torch gradcheck, fast": ("torch", torch_gradcheck(fast=True)),
    "JAX check_vjp": ("jax", jax_check_vjp),
    "HIPS autograd check_grads": ("autograd", autograd_check_grads),
    "SciPy check_grad < 1e-5": ("scipy", scipy_check_grad),
    "SciPy check_derivative < 1e-6": ("scipy", scipy_check_derivative),
    "numdifftools, allclose": ("numdifftools", numdifftools_gradient),
    "CS231n, everywhere": ("", cs231n(samples=None)),
    "CS231n, ten of each array": ("", cs231n(samples=10)),
    "minitorch": ("", minitorch),
    "needle": ("", needle),
}


def version(package: str) -> str | None:
    """The installed version of a package; "" for what is written here, None if it is not installed."""
    if not package:
        return ""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
