"""From the solution to the starter, as a module and as a notebook."""

from __future__ import annotations

import ast
import json

import nbformat
import pytest

from grader.model import BadAssignment
from grader.release import Cell, cells_of, starter, to_notebook

SOLUTION = '''# %% [markdown]
# # A title
#
# Some *text*.

# %%
import numpy as np


# %%
def f(x):
    """What f does."""
    if x:
        ### BEGIN SOLUTION
        y = x + 1
        return y
        ### END SOLUTION
    return 0


### BEGIN SOLUTION
KEY = 42
### END SOLUTION
'''


def test_regions_become_stubs_at_their_own_indent() -> None:
    text = starter(SOLUTION)
    assert "y = x + 1" not in text
    assert "KEY" not in text
    assert "        # YOUR CODE HERE\n        raise NotImplementedError\n    return 0\n" in text
    assert text.endswith("\n\n\n# YOUR CODE HERE\n")
    ast.parse(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n", r"s.py:2: ### BEGIN SOLUTION again, before the one of line 1"),
        ("x = 1\n### END SOLUTION\n", r"s.py:2: ### END SOLUTION without"),
        ("x = 1\n### BEGIN SOLUTION\n", r"s.py:2: ### BEGIN SOLUTION is never ended"),
    ],
)
def test_a_region_that_does_not_close_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(BadAssignment, match=says):
        starter(text, "s.py")


def test_the_percent_format_is_cut_into_cells() -> None:
    assert cells_of("x = 0\n" + SOLUTION)[:3] == [
        Cell("code", "x = 0"),
        Cell("markdown", "# A title\n\nSome *text*."),
        Cell("code", "import numpy as np"),
    ]
    assert cells_of("# %%\n\n# %%\n") == []
    assert cells_of("a\n# %% a title\nb") == [Cell("code", "a"), Cell("code", "b")]


def test_a_notebook_is_valid_and_always_the_same() -> None:
    text = to_notebook(SOLUTION)
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code"]
    assert notebook.cells[0].source.startswith("# A title")
    assert text == to_notebook(SOLUTION)
    assert json.loads(text)["metadata"]["kernelspec"]["name"] == "python3"
