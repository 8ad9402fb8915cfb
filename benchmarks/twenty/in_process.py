"""The same fifteen checks in plain Python, in the process of the notebook itself: what a grader has to agree with.

It is also what the students' and the checks' own computing takes, without any wall, report or file.

    python -m benchmarks.twenty.in_process FOLDER

prints, as JSON, seconds for all notebooks of the folder, and the checks that each one passes. It shares nothing with
checks.py: not the assertions, nor how gradients are compared.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np


def q1_values(work: Any) -> None:
    """Values."""
    assert np.allclose(work.sigmoid(np.array([-2.0, 0.0, 3.0])), [0.11920292, 0.5, 0.95257413])


def q1_stable(work: Any) -> None:
    """No overflow."""
    with np.errstate(all="raise", under="ignore"):
        s = work.sigmoid(np.array([-1000.0, 1000.0]))
    assert np.allclose(s, [0.0, 1.0])


def q2_values(work: Any) -> None:
    """Values."""
    x = np.linspace(-4, 4, 11)
    assert np.allclose(work.sigmoid_grad(x), 0.25 / np.cosh(x / 2) ** 2)


def q3_values(work: Any) -> None:
    """Values."""
    P = work.softmax(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]))
    assert np.allclose(P, [[0.09003057, 0.24472847, 0.66524096], [1 / 3, 1 / 3, 1 / 3]])


def q3_stable(work: Any) -> None:
    """No overflow."""
    with np.errstate(all="raise", under="ignore"):
        P = work.softmax(np.array([[1000.0, 1001.0], [-1000.0, 0.0]]))
    assert np.allclose(P, [[0.26894142, 0.73105858], [0.0, 1.0]])


def q4_values(work: Any) -> None:
    """Values."""
    values = work.softplus(np.array([-1.0, 0.0, 1.0, 800.0]))
    assert np.allclose(values, [0.31326169, 0.69314718, 1.31326169, 800.0])


def q4_grad(work: Any) -> None:
    """The derivative."""
    x = np.linspace(-3, 3, 7)
    assert np.allclose(work.softplus_grad(x), work.num_grad(lambda t: np.sum(np.log1p(np.exp(t))), x), atol=1e-6)


def q5_symmetric(work: Any) -> None:
    """A symmetric matrix."""
    A = np.array([[2.0, 1.0], [1.0, 3.0]])
    assert np.allclose(work.quad_grad(A, np.array([1.0, -1.0]), np.array([0.5, 0.0])), [2.5, -4.0])


def q5_general(work: Any) -> None:
    """Any matrix."""
    rng = np.random.default_rng(1)
    A, x, z = rng.normal(size=(6, 6)), rng.normal(size=6), rng.normal(size=6)
    assert np.allclose(work.quad_grad(A, x, z), work.num_grad(lambda t: t @ (A @ t + z), x), atol=1e-5)


def q6_loss(work: Any) -> None:
    """The loss."""
    X, y = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 2.0, 4.0])
    assert np.allclose(work.linreg(X, y, np.array([1.0, 1.0]))[0], 1 / 3)


def q6_grad(work: Any) -> None:
    """The gradient."""
    rng = np.random.default_rng(2)
    X, y, w = rng.normal(size=(30, 5)), rng.normal(size=30), rng.normal(size=5)
    numeric = work.num_grad(lambda t: np.mean((X @ t - y) ** 2), w)
    assert np.allclose(work.linreg(X, y, w)[1], numeric, atol=1e-5)


def _network(seed: int, rows: int) -> tuple[list[Any], Any]:
    rng = np.random.default_rng(seed)
    params = [rng.normal(size=shape) for shape in [(2, 4), (4,), (4, 1), (1,)]]
    return params, rng.normal(size=(rows, 2))


def _logits(params: Any, X: Any) -> Any:
    return (np.tanh(X @ params[0] + params[1]) @ params[2] + params[3])[:, 0]


def q7_forward(work: Any) -> None:
    """The logits."""
    params, X = _network(3, 5)
    assert np.allclose(work.mlp_forward(params, X), _logits(params, X))


def q7_backward(work: Any) -> None:
    """The loss and its gradients."""
    params, X = _network(4, 7)
    y = np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0])

    def loss(params: Any) -> Any:
        z = _logits(params, X)
        return np.mean(np.log1p(np.exp(z)) - y * z)

    got, gradients = work.mlp_loss_grad(params, X, y)
    assert np.allclose(got, loss(params))
    for i in range(4):
        numeric = work.num_grad(lambda t, i=i: loss([*params[:i], t, *params[i + 1 :]]), params[i])
        assert np.shape(gradients[i]) == np.shape(numeric)
        assert np.allclose(gradients[i], numeric, atol=1e-5)


def q8_descends(work: Any) -> None:
    """The loss falls."""
    _params, losses = work.train(*work.two_moons(100, seed=1), steps=50)
    assert len(losses) == 50
    assert losses[-1] < 0.8 * losses[0]


def q8_accuracy(work: Any) -> None:
    """Fresh data are told apart."""
    params, _losses = work.train(*work.two_moons(200, seed=0))
    X, y = work.two_moons(200, seed=7)
    assert len(params) == 4
    assert np.mean((_logits(params, X) > 0) == (y > 0.5)) > 0.95


CHECKS: tuple[Callable[[Any], None], ...] = (
    *(q1_values, q1_stable, q2_values, q3_values, q3_stable, q4_values, q4_grad, q5_symmetric, q5_general),
    *(q6_loss, q6_grad, q7_forward, q7_backward, q8_descends, q8_accuracy),
)


def passed(notebook: Path) -> list[str]:
    """Run a notebook's cells, a failing one or not, and then the checks: the names of those that it passes."""
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                with contextlib.suppress(Exception):  # as in a notebook, where the next cell runs all the same
                    exec("".join(cell["source"]), names)
        return [check.__name__ for check in CHECKS if _passes(check, SimpleNamespace(**names))]


def _passes(check: Callable[[Any], None], work: Any) -> bool:
    try:
        check(work)
    except Exception:  # noqa: BLE001  (whatever it is, the check is not passed)
        return False
    return True


def main() -> None:
    """Once to warm up, and once on time."""
    warnings.simplefilter("ignore")
    notebooks = sorted(Path(sys.argv[1]).glob("*/*.ipynb"))
    passed(notebooks[0])
    began, cpu = time.perf_counter(), time.process_time()
    results = {notebook.parent.name: passed(notebook) for notebook in notebooks}
    took = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu}
    print(json.dumps({**took, "passed": results}))


if __name__ == "__main__":
    main()
