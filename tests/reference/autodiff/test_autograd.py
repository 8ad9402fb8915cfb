"""The same derivatives as HIPS autograd and PyTorch give, on all functions that they have as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd as hips
import autograd.numpy as hips_numpy
import numpy as np
import pytest
from autograd.core import primitive_vjps

from reference.autodiff import grad, hessian, jvp
from reference.autodiff.rules import RULES, name_of
from tests.reference.autodiff.examples import FUNCTIONS, Example, acts_entry_by_entry, examples_of

AGREE = 1e-11
SELDOM = 30  # of so many functions at least, or the comparison compares nothing


def twin(function: Callable[..., Any]) -> Any:
    """The function of autograd's that has the same name and a rule; None where there is none."""
    module: Any = hips_numpy
    for part in name_of(function).split("."):
        module = getattr(module, part, None)
    return module if module in primitive_vjps else None


SHARED = [f for f in FUNCTIONS if acts_entry_by_entry(RULES.get(f)) and twin(f) is not None]
CASES = [
    (f, example)
    for f in SHARED
    for example in examples_of(f)
    if all(np.size(x) for x in example.args) and getattr(example.f, "func", None) is f
]


@pytest.mark.parametrize(("function", "example"), CASES, ids=lambda one: str(one) if isinstance(one, Example) else "")
def test_entry_by_entry(function: Callable[..., Any], example: Example) -> None:
    w = np.random.default_rng(3).uniform(0.5, 1.5, np.shape(example.f(*example.args)))
    f, everything = twin(function), tuple(range(len(example.args)))
    theirs = hips.grad(lambda *args: hips_numpy.sum(w * f(*args)), everything)(*example.args)
    ours = grad(lambda *args: np.sum(w * example.f(*args)), everything)(*example.args)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=AGREE, atol=AGREE)


def _softmax(anp: Any, z: Any) -> Any:
    e = anp.exp(z - anp.max(z, axis=-1, keepdims=True))
    return e / anp.sum(e, axis=-1, keepdims=True)


R = np.random.default_rng(11)
A, B, M, v = (
    R.standard_normal((3, 4)),
    R.standard_normal((4, 2)),
    R.standard_normal((3, 3)) + 3 * np.eye(3),
    R.standard_normal(3),
)
T = R.standard_normal((2, 3, 4))
some = np.array([2, 0, 2])

# fmt: off
PROGRAMS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "sum":          (lambda n, x: n.sum(x, axis=(0, -1), keepdims=True) ** 2,        (T,)),
    "mean":         (lambda n, x: n.mean(x, axis=1) ** 2,                            (T,)),
    "var std":      (lambda n, x: n.var(x, axis=0) * n.std(x, axis=0, ddof=1),       (A,)),
    "prod":         (lambda n, x: n.prod(x, axis=1),                                 (A,)),
    "max min":      (lambda n, x: n.max(x, axis=0) * n.min(x, axis=0),               (A,)),
    "cumsum":       (lambda n, x: n.cumsum(x, axis=1) ** 2,                          (A,)),
    "reshape":      (lambda n, x: n.reshape(x, (2, 6)) ** 2,                         (A,)),
    "transpose":    (lambda n, x: n.transpose(x, (2, 0, 1)) * n.moveaxis(x, -1, 0),  (T,)),
    "concatenate":  (lambda n, x, y: n.concatenate([x @ y, y.T @ x.T @ np.ones((3, 2))], 0) ** 2, (A, B)),
    "stack":        (lambda n, x: n.stack([x[0], x[1] * x[2]]) ** 2,                 (A,)),
    "split":        (lambda n, x: n.split(x, 2, axis=1)[0] * n.split(x, [2], axis=1)[1], (A,)),
    "where":        (lambda n, x: n.where(x > 0, x**2, n.sin(x)),                    (A,)),
    "clip":         (lambda n, x: n.clip(x, -0.5, 0.5) * x,                          (A,)),
    "pad":          (lambda n, x: n.pad(x, ((1, 0), (0, 2)), "constant") ** 2,       (A,)),
    "tile repeat":  (lambda n, x: n.tile(x, (2, 1)) * n.repeat(x, 2, axis=0),        (A,)),
    "roll flip":    (lambda n, x: n.roll(x, 1, axis=1) * x[:, ::-1],                 (A,)),
    "diag trace":   (lambda n, x: n.diag(x) * n.trace(x),                            (M,)),
    "tril triu":    (lambda n, x: n.tril(x) @ n.triu(x, 1),                          (M,)),
    "getitem":      (lambda n, x: x[some] * x[:, 1:2] * x[0, 0],                     (A,)),
    "sort":         (lambda n, x: n.sort(x) ** 2,                                    (v,)),
    "matmul":       (lambda n, x, y: (x @ y) ** 2,                                   (T, B)),
    "dot":          (lambda n, x, y: n.dot(x, y) ** 2,                               (v, M)),
    "tensordot":    (lambda n, x, y: n.tensordot(x, y, axes=([1], [0])) ** 2,        (T, A)),
    "einsum":       (lambda n, x, y: n.einsum("ijk,il->ljk", x, y) ** 2,             (T, R.standard_normal((2, 5)))),
    "outer inner":  (lambda n, x: n.outer(x, x) * n.inner(x, x),                     (v,)),
    "kron":         (lambda n, x, y: n.kron(x, y) ** 2,                              (A, B)),
    "inv det":      (lambda n, x: n.linalg.inv(x) * n.linalg.det(x),                 (M,)),
    "slogdet":      (lambda n, x: n.linalg.slogdet(x)[1] ** 2,                       (M,)),
    "solve":        (lambda n, x, y: n.linalg.solve(x, y) ** 2,                      (M, A)),
    "norm":         (lambda n, x: n.linalg.norm(x, axis=0) ** 3,                     (A,)),
    "cholesky":     (lambda n, x: n.linalg.cholesky(x @ x.T + 2 * np.eye(3)),        (M,)),
    "softmax":      (lambda n, x: n.log(_softmax(n, x)) * _softmax(n, x),            (A,)),
    "network":      (lambda n, x, y: n.tanh(n.maximum(x @ y, 0.1 * (x @ y)) + y[0]), (A, B)),
}
# fmt: on


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name: str) -> None:
    program, args = PROGRAMS[name]
    everything = tuple(range(len(args)))

    def ours(*x: Any) -> Any:
        return np.sum(np.cos(program(np, *x)))

    def theirs(*x: Any) -> Any:
        return hips_numpy.sum(hips_numpy.cos(program(hips_numpy, *x)))

    for a, b in zip(grad(ours, everything)(*args), hips.grad(theirs, everything)(*args), strict=True):
        np.testing.assert_allclose(a, b, rtol=AGREE, atol=AGREE)
    if name not in ("sort", "pad", "clip"):  # of which autograd has no second derivative, or none by shape
        other = args[1:]
        got = hessian(lambda x: ours(x, *other))(args[0])
        np.testing.assert_allclose(got, hips.hessian(lambda x: theirs(x, *other))(args[0]), rtol=1e-9, atol=1e-9)


def test_enough_is_compared() -> None:
    assert len(SHARED) > SELDOM


# fmt: off
TORCH: dict[str, Callable[..., Any]] = {
    "sum":         lambda t, x: x.sum(dim=(0, -1), keepdim=True) ** 2,
    "mean":        lambda t, x: x.mean(dim=1) ** 2,
    "var std":     lambda t, x: x.var(dim=0, correction=0) * x.std(dim=0, correction=1),
    "prod":        lambda t, x: t.prod(x, dim=1),
    "max min":     lambda t, x: t.amax(x, dim=0) * t.amin(x, dim=0),
    "cumsum":      lambda t, x: t.cumsum(x, dim=1) ** 2,
    "where":       lambda t, x: t.where(x > 0, x**2, t.sin(x)),
    "getitem":     lambda t, x: x[some] * x[:, 1:2] * x[0, 0],
    "sort":        lambda t, x: t.sort(x).values ** 2,
    "matmul":      lambda t, x, y: (x @ y) ** 2,
    "einsum":      lambda t, x, y: t.einsum("ijk,il->ljk", x, y) ** 2,
    "kron":        lambda t, x, y: t.kron(x, y) ** 2,
    "inv det":     lambda t, x: t.linalg.inv(x) * t.linalg.det(x),
    "slogdet":     lambda t, x: t.linalg.slogdet(x)[1] ** 2,
    "solve":       lambda t, x, y: t.linalg.solve(x, y) ** 2,
    "norm":        lambda t, x: t.linalg.norm(x, dim=0) ** 3,
    "cholesky":    lambda t, x: t.linalg.cholesky(x @ x.T + 2 * t.eye(3, dtype=x.dtype)),
    "softmax":     lambda t, x: t.log_softmax(x, -1) * t.softmax(x, -1),
    "network":     lambda t, x, y: t.tanh(t.maximum(x @ y, 0.1 * (x @ y)) + y[0]),
}
# fmt: on


@pytest.mark.parametrize("name", TORCH)
def test_programs_in_pytorch(name: str) -> None:
    torch = pytest.importorskip("torch")
    program, args = PROGRAMS[name]
    leaves = [torch.tensor(x, requires_grad=True) for x in args]
    torch.cos(TORCH[name](torch, *leaves)).sum().backward()
    ours = grad(lambda *x: np.sum(np.cos(program(np, *x))), tuple(range(len(args))))(*args)
    for a, leaf in zip(ours, leaves, strict=True):
        np.testing.assert_allclose(a, leaf.grad.numpy(), rtol=AGREE, atol=AGREE)


def test_forward_mode_agrees_with_autograds_reverse_mode() -> None:
    program, args = PROGRAMS["network"]
    slopes = hips.grad(lambda *x: hips_numpy.sum(program(hips_numpy, *x)), (0, 1))(*args)
    tangent = jvp(lambda *x: np.sum(program(np, *x)), list(args), [np.ones_like(x) for x in args])[1]
    np.testing.assert_allclose(tangent, sum(np.sum(g) for g in slopes), rtol=AGREE)
