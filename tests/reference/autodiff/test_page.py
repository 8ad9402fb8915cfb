"""docs/autodiff.md tells the truth: its examples run, its lists are those of the code."""

from __future__ import annotations

import doctest
import re

from tests.reference.autodiff.table import PAGE, VERSION, WITHOUT, lists, split_page, written


def test_the_examples_run() -> None:
    result = doctest.testfile(str(PAGE), module_relative=False)
    assert result.attempted > 3
    assert result.failed == 0


def test_the_lists_are_up_to_date() -> None:
    _, version, between, _ = split_page()
    if version == VERSION:
        assert between == written(), "run python -m tests.reference.autodiff.table"
    # Another NumPy has other functions; of those that both have, the lists say the same.
    parts = re.findall(r"^\*\*(.+?)\*\* \(\d+\):\n(.*?)\n\n", between, re.MULTILINE | re.DOTALL)
    page = {title: set(re.findall(r"`([\w.]+)`", names)) for title, names in parts}
    known = set[str]().union(*page.values())
    code = lists()
    assert page.keys() == code.keys()
    for title, names in code.items():
        assert names & known <= page[title]
    assert code[WITHOUT] & known == page[WITHOUT] & set[str]().union(*code.values())
