"""Notebooks: every shape of JSON is read or refused."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.submission import read_submission
from grader.submission.notebook import MAX_VALUES
from tests.grader.submission.making import EXPECTED, NOTEBOOK, attempt, notebook, refusal, write


def test_a_notebook_of_any_version(tmp_path: Path) -> None:
    four = notebook("a = 1", ["b = 2\n", "c = 3"], "%matplotlib inline")
    submission = read_submission(write(tmp_path / "work.ipynb", four), EXPECTED)
    assert submission.sources[0].cells == ("a = 1", "b = 2\nc = 3", "%matplotlib inline")
    assert submission.notebook
    assert "matplotlib" in submission.imports
    old = nbformat.v3.new_notebook(worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("a = 1")])])
    submission = read_submission(write(tmp_path / "work.ipynb", nbformat.writes(old, version=3)), EXPECTED)
    assert submission.sources[0].cells == ("a = 1",)


def test_a_notebook_with_odd_cells_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    cells: list[object] = [7, None, {"cell_type": "markdown", "source": "# hi"}, {"cell_type": "code"}]
    cells += [{"cell_type": "code", "source": 5}, {"cell_type": "code", "source": ["a", 5]}]
    path = write(tmp_path / "work.ipynb", json.dumps(NOTEBOOK | {"cells": cells}))
    assert read_submission(path, EXPECTED).sources[0].cells == ("", "", "a")


@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, "\x00", "print('not a notebook')"])
def test_a_notebook_that_is_not_json(tmp_path: Path, content: str) -> None:
    assert "is not a notebook (broken JSON)" in refusal(write(tmp_path / "work.ipynb", content))


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "{}",
        "null",
        '"text"',
        '{"cells": 5}',
        '{"cells": null}',
        '{"cells": {"0": 1}}',
        '{"worksheets": 3}',
        '{"worksheets": null}',
        '{"worksheets": [1]}',
        '{"worksheets": [{}]}',
        '{"worksheets": [{"cells": null}]}',
        '{"worksheets": [{"cells": []}, {"cells": 5}]}',
    ],
)
def test_json_that_is_no_notebook(tmp_path: Path, content: str) -> None:
    assert "is not a notebook (no list of cells)" in refusal(write(tmp_path / "work.ipynb", content))


def test_a_notebook_with_too_many_cells(tmp_path: Path) -> None:
    path = write(tmp_path / "work.ipynb", json.dumps(NOTEBOOK | {"cells": [0] * 100_000}))
    assert "has 100,000 cells" in refusal(path)


@pytest.mark.parametrize("filling", ["[]", "{}", '"a"', '["a"]'])
def test_a_notebook_of_countless_small_things_is_refused_before_it_is_unpacked(tmp_path: Path, filling: str) -> None:
    path = write(tmp_path / "work.ipynb", f'{{"cells": [], "metadata": [{",".join([filling] * MAX_VALUES)}]}}')
    assert "is too long a notebook: clear its outputs" in refusal(path)


def test_large_outputs_are_no_hindrance(tmp_path: Path) -> None:
    data = {"image/png": "A" * (10 << 20), "text/plain": ["line\n"] * 50_000}
    output = {"output_type": "display_data", "data": data}
    cell = {"cell_type": "code", "source": "x = 1", "outputs": [output]}
    path = write(tmp_path / "work.ipynb", json.dumps(NOTEBOOK | {"cells": [cell]}))
    assert read_submission(path, EXPECTED).sources[0].cells == ("x = 1",)


@pytest.mark.parametrize("cells", [[], [{"cell_type": "markdown", "source": "# hi"}], [{"cell_type": "code"}]])
def test_a_notebook_without_code_is_noted(tmp_path: Path, cells: list[object]) -> None:
    path = write(tmp_path / "work.ipynb", json.dumps(NOTEBOOK | {"cells": cells}))
    assert read_submission(path, EXPECTED).notes == ("the notebook has no code",)


# ------------------------------------------------------------------------------------------------- whatever it is

ODD: tuple[Any, ...] = (None, True, 0, -1.5, "", "code", "\ud800", [], {}, [None], [[[]]], {"cells": None}, {"": {}})
THREE: dict[str, Any] = {
    "nbformat": 3,
    "worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1\n", "b"]}, {"cell_type": "markdown"}]}],
}


def mutate(rng: random.Random, value: Any) -> Any:
    """`value` with something in it replaced, dropped, repeated or wrapped."""
    if rng.random() < 0.2 or not isinstance(value, dict | list) or not value:
        return rng.choice([rng.choice(ODD), [value], {"cells": value}, {"worksheets": [value]}])
    if isinstance(value, list):
        place = rng.randrange(len(value))
        new = rng.choice([[], [value[place]] * 2, [mutate(rng, value[place])]])
        return [*value[:place], *new, *value[place + 1 :]]
    key = rng.choice(list(value))
    if rng.random() < 0.2:
        return {name: item for name, item in value.items() if name != key}
    return value | {key: mutate(rng, value[key])}


@pytest.mark.parametrize("seed", range(4))
def test_a_changed_notebook_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    rng, read = random.Random(seed), 0
    good = (json.loads(notebook("a = 1", ["b = 2\n", "c"])), THREE)
    for _ in range(400):
        changed = rng.choice(good)
        for _ in range(rng.randint(1, 3)):
            changed = mutate(rng, changed)
        path = write(tmp_path / "work.ipynb", json.dumps(changed))
        got = attempt(path)
        if isinstance(got, str):
            assert "work.ipynb" in got
        else:
            assert all(type(cell) is str for cell in got.sources[0].cells)
            read += 1
    assert 40 < read < 400
