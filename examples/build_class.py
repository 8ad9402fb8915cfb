"""Makes examples/matrix_calculus: a class as an instructor really gets it. Run it again when the assignment changes.

Each file's name promises the verdict; tests/examples/test_class.py holds the promises.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

from grader.release import starter, to_notebook

HERE = Path(__file__).resolve().parent
SOLUTION = (HERE.parent / "assignments/matrix_calculus/solution.py").read_text(encoding="utf-8")
RIGHT = SOLUTION.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION\n", "")


def changed(*pairs: tuple[str, str]) -> str:
    """The right module with some passages replaced."""
    text = RIGHT
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def notebook(text: str, *, before: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> str:
    """A notebook with some code cells of the student's own around."""
    made = json.loads(to_notebook(text))
    cells: list[object] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"own-{k}",
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for k, source in enumerate((*before, *after), 1)
    ]
    made["cells"] = cells[: len(before)] + made["cells"] + cells[len(before) :]
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def zipped(files: dict[str, str]) -> bytes:
    """A zip, the same for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, 1, 12, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


HELPERS = """import numpy as np


def stable_exp(x):
    return np.exp(x - np.max(x))
"""


def submissions() -> dict[str, str | bytes]:
    """Path below examples/matrix_calculus to content."""
    loop = "    s = softmax(x)\n    return np.diagflat(s) - s @ s.T\n"
    kron = "    return vec(G.T @ E @ F).T\n"
    return {
        "right_module.py": RIGHT,
        "right_notebook.ipynb": notebook(
            RIGHT,
            before=(
                "!pip install numpy matplotlib\n%matplotlib inline",
                "from google.colab import drive\ndrive.mount('/content/drive')",
            ),
            after=(
                "import matplotlib.pyplot as plt\nx = np.linspace(-5, 5, 50).reshape(-1, 1)\n"
                "plt.plot(x, sigmoid(x))\nplt.show()",
            ),
        ),
        "right_zip.zip": zipped(
            {
                "homework 1/matrix_calculus.py": changed(
                    ("import numpy as np\n", "import numpy as np\n\nfrom helpers import stable_exp\n"),
                    ("    e = np.exp(column(x) - np.max(x))\n", "    e = stable_exp(column(x))\n"),
                ),
                "homework 1/helpers.py": HELPERS,
                "__MACOSX/homework 1/._matrix_calculus.py": "resource fork",
            }
        ),
        "right_but_unusual.py": (HERE / "unusual_solution.py").read_text(encoding="utf-8"),
        "numerator_layout.py": changed(
            ("return np.zeros((len(x), len(a)))", "return np.zeros((len(a), len(x)))"),
            ("    column(x)\n    return A.copy()\n", "    column(x)\n    return A.transpose().copy()\n"),
            ("return A.T.copy()", "return A.copy()"),
            ("return a * du_dx", "return a * du_dx.T"),
            ("return v * du_dx + dv_dx @ u.T", "return v * du_dx.T + u @ dv_dx.T"),
            ("return dv_dx + du_dx", "return dv_dx.T + du_dx.T"),
            ("return du_dx @ A.T", "return A @ du_dx.T"),
            ("return du_dx @ dg_du", "return dg_du.T @ du_dx.T"),
        ),
        "sign_errors.py": changed(
            ("return ((w.T @ x).item() - y) * x", "return (y - (w.T @ x).item()) * x"),
            ("return X.T @ (X @ w - y) / len(y)", "return X.T @ (y - X @ w) / len(y)"),
        ),
        "missing_one_over_m.py": changed(("return X.T @ (X @ w - y) / len(y)", "return X.T @ (X @ w - y)")),
        "syntax_error.py": changed(("return du_dx @ A.T", "return du_dx @ (A.T")),
        "nothing_implemented.py": starter(SOLUTION),
        "infinite_loop.py": changed((loop, "    s = softmax(x)\n    while True:\n        s = s / np.sum(s)\n")),
        "exit_at_import.py": RIGHT + '\n\nprint("all done, bye")\nexit()\n',
        "exit_at_import_early.py": changed(
            (
                "# ## 3. Activations\n",
                "# ## 3. Activations (not done)\n\n# %%\nimport sys\n\nsys.exit()\n\n# %% [markdown]\n",
            )
        ),
        "process_crash.py": changed((kron, "    import os\n\n    os.abort()\n")),
        "huge_output.py": changed(
            (
                "    e = np.exp(-np.abs(column(x)))\n",
                '    print("x is", x, "\\n" * 4_000_000)\n    e = np.exp(-np.abs(column(x)))\n',
            )
        ),
        "wrong_file_name/hw1 FINAL (2).py": RIGHT,
        "failing_cell.ipynb": notebook(
            changed(("def d_softmax(x):", "import scipy.special\n\n\ndef d_softmax(x):")), before=("x = undefined + 1",)
        ),
    }


def main() -> None:
    """Write all of it anew."""
    folder = HERE / "matrix_calculus"
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in submissions().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


if __name__ == "__main__":
    main()
