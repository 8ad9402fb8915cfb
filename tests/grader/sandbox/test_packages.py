"""The import policy's list is what the assignment allows, with requirements, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.model import BadAssignment
from grader.sandbox import Cargo, Guest, open_launcher
from grader.sandbox.packages import table
from tests.support import LIMITS, notebook


def test_numpy_brings_numpy_alone() -> None:
    assert set(table(("numpy",)).names) == {"numpy"}


def test_requirements_come_along() -> None:
    names = table(("matplotlib",)).names
    assert {"matplotlib", "numpy", "PIL", "cycler", "dateutil"} <= set(names)
    assert not {"pytest", "click", "grader", "reference", "IPython"} & set(names)
    assert all((Path(folder) / name).exists() or list(Path(folder).glob(f"{name}.*")) for name, folder in names.items())


def test_a_package_may_have_another_name_than_its_distribution() -> None:
    assert "dateutil" in table(("dateutil",)).names


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(BadAssignment, match="'torchx', which is not installed here: pip install torchx"):
        open_launcher(("numpy", "torchx"))


@pytest.mark.usefixtures("measured_guests")
def test_notebooks_plot_where_the_assignment_allows_it() -> None:
    launcher = open_launcher(("numpy", "matplotlib"))
    work = notebook(
        "%matplotlib inline\nimport matplotlib.pyplot as plt",
        "plt.plot([0, 1])\nplt.show()",
        "from importlib.metadata import version\ndef f(): return [plt.get_backend(), version('numpy') > '1']",
        imports=["matplotlib"],
    )
    guest = Guest(launcher, Cargo(submission=work, limits=LIMITS, packages=("numpy", "matplotlib")))
    try:
        assert guest.loading.failures == ()
        with guest.check(LIMITS) as child:
            assert child.call("f", [], {}, {}) == ["inline", True]
    finally:
        guest.close()
        launcher.close()
