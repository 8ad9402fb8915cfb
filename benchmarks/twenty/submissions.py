"""Writes the class: twenty notebooks, of which two are right and each of the others has a mistake of its own."""

from __future__ import annotations

from pathlib import Path

from grader.release import starter, to_notebook

SOLUTION = (Path(__file__).parent / "solution.py").read_text(encoding="utf-8")
RIGHT = SOLUTION.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION\n", "")
FIFTH = "# ## 5."
TRAINED = '\n\n# %%\nX, y = two_moons()\nparams, losses = train(X, y)\nprint("final loss", losses[-1])\n'

LOOPED_SOFTMAX = """    rows = []
    for r in X:
        m = max(r)
        e = [np.exp(v - m) for v in r]
        rows.append([v / sum(e) for v in e])
    return np.array(rows)
"""
LOOPED_QUAD_GRAD = """    n = len(x)
    g = np.zeros(n)
    for i in range(n):
        for j in range(n):
            g[i] += (A[i, j] + A[j, i]) * x[j]
        g[i] += z[i]
    return g
"""

SIGMOID = """    x = np.asarray(x, dtype=float)
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + e), e / (1 + e))
"""
SOFTMAX = """    Z = np.asarray(X, dtype=float)
    Z = Z - Z.max(axis=-1, keepdims=True)
    E = np.exp(Z)
    return E / E.sum(axis=-1, keepdims=True)
"""


def changed(*pairs: tuple[str, str]) -> str:
    """The right notebook with some passages replaced."""
    text = RIGHT
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def submissions() -> dict[str, str]:
    """Name to the notebook in percent format."""
    untouched = starter(SOLUTION)
    axis_0 = SOFTMAX.replace("axis=-1, keepdims=True", "axis=0")
    unstable = "    E = np.exp(X)\n    return E / E.sum(axis=1, keepdims=True)\n"
    quad, right_quad = "    return (A + A.T) @ x + z", "    return (A + A.T) @ x + z\n"
    error, sums = "2 * X.T @ r / len(y)", "dA.sum(0), H.T @ dz, dz.sum(0)"
    return {
        "s01_reference": RIGHT,
        "s02_naive_sigmoid": changed((SIGMOID, "    return 1 / (1 + np.exp(-x))\n")),
        "s03_sigmoid_grad_wrong": changed(("    return s * (1 - s)", "    return s")),
        "s04_softmax_axis0": changed((SOFTMAX, axis_0)),
        "s05_softmax_unstable": changed((SOFTMAX, unstable)),
        "s06_softplus_naive": changed(("np.logaddexp(0.0, x)", "np.log(1 + np.exp(x))")),
        "s07_softplus_grad_wrong": changed(("return sigmoid(x)", "return sigmoid_grad(x)")),
        "s08_quad_symmetric_only": changed((quad, "    return 2 * A @ x + z")),
        "s09_linreg_no_mean": changed((error, "2 * X.T @ r")),
        "s10_linreg_sign": changed((error, f"-{error}")),
        "s11_forward_no_tanh": changed(("np.tanh(X @ W1 + b1) @ W2", "(X @ W1 + b1) @ W2")),
        "s12_backward_no_dtanh": changed((" * (1 - H**2)", "")),
        "s13_bias_no_sum": changed((sums, sums.replace("dA.sum(0)", "dA.sum(1)"))),
        "s14_too_few_steps": changed(("range(steps)", "range(min(steps, 20))")),
        "s15_ascent": changed(("p - lr * g", "p + lr * g")),
        "s16_half_done": RIGHT[: RIGHT.index(FIFTH)] + untouched[untouched.index(FIFTH) :],
        "s17_syntax_error": changed((quad, "    return (A + A.T @ x + z")),
        "s18_name_error": changed(("r = X @ w - y", "r = X @ W - y")),
        "s19_python_loops": changed((SOFTMAX, LOOPED_SOFTMAX), (right_quad, LOOPED_QUAD_GRAD)),
        "s20_untouched": untouched,
    }


def write(folder: Path) -> None:
    """One subfolder per student, with the notebook in it; its last cell trains the network."""
    for name, text in submissions().items():
        (folder / name).mkdir(parents=True)
        (folder / name / "hw1.ipynb").write_text(to_notebook(text + TRAINED), encoding="utf-8")
