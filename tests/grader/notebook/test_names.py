"""Which names a cell binds, changes and uses."""

from __future__ import annotations

import pytest

from grader.notebook.names import names_in


def test_what_a_cell_binds_and_uses() -> None:
    names = names_in("import numpy as np\nw = scale * np.ones(3)\ndef f(x, y=start):\n    return g(x) + w\n")
    assert names.binds == {"np", "w", "f"}
    assert names.imports == {"np"}
    assert names.defines == {"f"}
    assert {"scale", "start", "g"} <= names.uses
    assert "x" not in names.uses
    assert {"scale", "start"} <= names.uses_now
    assert "g" not in names.uses_now


def test_a_class_uses_its_bases_at_once_and_what_its_methods_use_later() -> None:
    names = names_in("class Net(Layer):\n    def forward(self, x):\n        return relu(x)\n")
    assert "Layer" in names.uses_now
    assert "relu" in names.uses - names.uses_now


def test_what_a_comprehension_runs_over_is_no_use_of_a_name_of_the_module() -> None:
    assert names_in("x = [i for i in range(3)]").uses_now == {"range"}
    assert names_in("x = [i for j in range(3)]").uses_now == {"range", "i"}
    assert names_in("x = [i for i in range(3)]").binds == {"x"}
    assert names_in("i = 1\nx = [i for i in range(3)]").binds == {"x", "i"}


def test_magics_and_shell_lines_are_no_hindrance() -> None:
    names = names_in("%matplotlib inline\n!pip install numpy\nfiles = !ls\n%timeit f(3)\na = 1")
    assert names.readable
    assert {"a", "files"} <= names.binds


@pytest.mark.parametrize("magic", ["%%time", "%%capture out"])
def test_the_body_of_a_magic_that_runs_it_here_counts(magic: str) -> None:
    assert names_in(f"{magic}\nhistory = train(net)").binds == {"history"}


@pytest.mark.parametrize(
    "text",
    [
        'print "Python 2"',
        "%%bash\nls",
        "def f(:",
        "from helpers import *",
        "%run helpers.py",
        "\0",
        "(" * 5000 + ")" * 5000,
    ],
)
def test_what_cannot_be_read_may_do_anything(text: str) -> None:
    assert not names_in(text).readable


def test_beside_a_star_the_names_are_known_all_the_same() -> None:
    assert names_in("from numpy import *\ndef f(x): return exp(x)").defines == {"f"}


@pytest.mark.parametrize(
    ("text", "changed"),
    [("x[0] = 1", {"x"}), ("Net.forward = f", {"Net"}), ("p['W'].T[0] += 1", {"p"}), ("x = [1]", set())],
)
def test_what_is_assigned_into(text: str, changed: set[str]) -> None:
    assert names_in(text).changes == changed


@pytest.mark.parametrize(
    ("text", "touched"),
    [("x.append(1)", {"x"}), ("train(net)", {"net"}), ("train(net, data=d)", {"net", "d"}), ("y = f(x)", set())],
)
def test_what_a_call_may_change_whose_value_nobody_takes(text: str, touched: set[str]) -> None:
    assert names_in(text).touches == touched
