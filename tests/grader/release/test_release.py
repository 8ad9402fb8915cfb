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
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n", r"^s.py:2: ### BEGIN SOLUTION again, before the one of line 1"),
        ("x = 1\n### END SOLUTION\n", r"^s.py:2: ### END SOLUTION without"),
        ("x = 1\n### BEGIN SOLUTION\n", r"^s.py:2: ### BEGIN SOLUTION is never ended"),
        ("x = 1\n", r"^s.py has no ### BEGIN SOLUTION: the starter would be the whole solution"),
        ("", r"^s.py has no ### BEGIN SOLUTION"),
        ("### BEGIN SOLUTION\ndef f(:\n### END SOLUTION\n", r"^s.py:2: invalid syntax"),
    ],
)
def test_a_region_that_does_not_close_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(BadAssignment, match=says):
        starter(text, "s.py")


@pytest.mark.parametrize(
    "marker",
    [
        "###BEGIN SOLUTION",
        "# BEGIN SOLUTION",
        "### begin solution",
        "### BEGIN SOLUTION of part 1",
        "###  BEGIN SOLUTION",
        "### BEGIN  SOLUTION",
        "### BEGIN_SOLUTION",
        "### BEGIN SOLUTION ###",
        "x = 1  ### BEGIN SOLUTION",
        "### End Solution",
    ],
)
def test_what_only_looks_like_a_marker_is_refused(marker: str) -> None:
    """It would leave the solution in the starter."""
    text = f"x = 0\n{marker}\nKEY = 42\n### END SOLUTION\n"
    with pytest.raises(BadAssignment, match=r"^s\.py:2: a marker is `### (BEGIN|END) SOLUTION`, alone on its line"):
        starter(text, "s.py")


def test_words_that_hold_a_markers_words_are_no_markers() -> None:
    text = "# In the end solutions differ; we spend solution time.\n### BEGIN SOLUTION\n### END SOLUTION\n"
    assert starter(text) == "# In the end solutions differ; we spend solution time.\n# YOUR CODE HERE\n"


def stripped(*lines: str) -> str:
    """The starter, which must run to its end."""
    text = starter("\n".join(lines) + "\n")
    exec(compile(text, "starter", "exec"), {})
    return text


BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def test_a_region_in_a_class_does_not_end_the_import() -> None:
    text = stripped("class A:", f"    {BEGIN}", "    def f(self):", "        return 1", f"    {END}", "x = A()")
    assert text == "class A:\n    # YOUR CODE HERE\n    pass\nx = A()\n"


def test_a_region_in_a_method_raises() -> None:
    text = stripped("class A:", "    def f(self):", f"        {BEGIN}", "        return 1", f"        {END}", "A()")
    assert text == "class A:\n    def f(self):\n        # YOUR CODE HERE\n        raise NotImplementedError\nA()\n"


def test_a_region_in_a_block_at_the_top_does_not_end_the_import() -> None:
    assert stripped("for k in (1, 2):", f"    {BEGIN}", "    x = k", f"    {END}", "y = 1").endswith(
        "    pass\ny = 1\n"
    )
    text = stripped("if True:", "    def f():", f"        {BEGIN}", "        return 1", f"        {END}", "y = 1")
    assert "        raise NotImplementedError\n" in text


def test_an_empty_region_still_becomes_a_stub() -> None:
    text = stripped("def f():", '    """F."""', f"    {BEGIN}", f"    {END}")
    assert text.endswith('    """F."""\n    # YOUR CODE HERE\n    raise NotImplementedError\n')


def test_tabs_stay_tabs() -> None:
    assert "\t# YOUR CODE HERE\n\traise NotImplementedError\n" in stripped(
        "def f():", f"\t{BEGIN}", "\treturn 1", f"\t{END}"
    )


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_any_line_end_will_do(end: str) -> None:
    assert starter(SOLUTION.replace("\n", end)) == starter(SOLUTION)
    assert cells_of(SOLUTION.replace("\n", end)) == cells_of(SOLUTION)


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x0c", "\x0b", "\x1c", "\x85"])
def test_only_pythons_own_line_ends_divide_lines(odd: str) -> None:
    given = f"S = 'a{odd}# %%b'\n"
    assert starter(given + f"{BEGIN}\n{END}\n") == given + "# YOUR CODE HERE\n"
    assert cells_of(given) == [Cell("code", given.rstrip("\n"))]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["x = 1", "def f():", BEGIN, "    return 1", END, "y = 2"], r"^s\.py:3: this marker is not indented like"),
        (["x = [", f"    {BEGIN}", "    1,", f"    {END}", "]"], r"^s\.py:2: this marker is not indented like"),
        (
            ["x = 1", "try:", f"    {BEGIN}", "    y = 1", "except ValueError:", "    y = 2", f"    {END}", "z = 1"],
            r"^s\.py:8: without the solution this is not Python: expected 'except' or 'finally' block",
        ),
    ],
)
def test_a_starter_that_is_not_python_is_refused_with_the_solutions_line(lines: list[str], says: str) -> None:
    with pytest.raises(BadAssignment, match=says):
        starter("\n".join(lines), "s.py")


def test_the_percent_format_is_cut_into_cells() -> None:
    assert cells_of("x = 0\n" + SOLUTION)[:3] == [
        Cell("code", "x = 0"),
        Cell("markdown", "# A title\n\nSome *text*."),
        Cell("code", "import numpy as np"),
    ]
    assert cells_of("# %%\n\n# %%\n") == []
    assert cells_of("a\n#%%\nb") == [Cell("code", "a"), Cell("code", "b")]
    assert cells_of("# %%time\na") == [Cell("code", "# %%time\na")]  # a commented magic
    assert cells_of("a\n# %% a title\nb") == [Cell("code", "a"), Cell("code", "b")]


def test_a_notebook_is_valid_and_always_the_same() -> None:
    text = to_notebook(SOLUTION)
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code"]
    assert notebook.cells[0].source.startswith("# A title")
    assert text == to_notebook(SOLUTION)
    assert json.loads(text)["metadata"]["kernelspec"]["name"] == "python3"
