"""Submissions as a whole: which file is meant, and the text that is read from it."""

from __future__ import annotations

import encodings
import os
import pkgutil
from pathlib import Path

import pytest

from grader.model import BadSubmission
from grader.submission import find_submissions, read_submission
from grader.submission.decode import DECLARED
from tests.grader.submission.making import EXPECTED, make_zip, notebook, refusal, write


def test_a_module(tmp_path: Path) -> None:
    submission = read_submission(write(tmp_path / "work.py", "import numpy as np, json\nfrom a.b import c\n"), EXPECTED)
    assert submission.name == "work"
    assert submission.sources[0].cells == ("import numpy as np, json\nfrom a.b import c\n",)
    assert not submission.notebook
    assert {"numpy", "a"} <= submission.imports
    assert submission.notes == ()


@pytest.mark.parametrize(
    ("names", "chosen", "noted"),
    [
        (["work.py", "other.py", "test_work.py"], "work.py", False),
        (["old/work.py", "work.py"], "work.py", False),
        (["123_ada_work.py", "other.py"], "123_ada_work.py", True),
        (["Work (2).ipynb", "helper.py"], "Work (2).ipynb", True),
        (["hw1.py"], "hw1.py", True),
        (["deep/er/hw1.ipynb", "notes.txt"], "deep/er/hw1.ipynb", True),
    ],
)
def test_the_file_that_is_meant_is_found(tmp_path: Path, names: list[str], chosen: str, noted: bool) -> None:
    for name in names:
        write(tmp_path / "ada" / name, notebook("x = 1") if name.endswith("ipynb") else "x = 1")
    submission = read_submission(tmp_path / "ada", EXPECTED)
    assert submission.sources[0].name == Path(chosen).name
    assert bool(submission.notes) == noted
    if noted:
        assert submission.notes[0] == f"the file is named {chosen}, the handout asks for work.py or work.ipynb"


def test_a_file_that_is_named_itself_needs_no_note(tmp_path: Path) -> None:
    assert read_submission(write(tmp_path / "ada.py"), EXPECTED).notes == ()


@pytest.mark.parametrize(
    ("content", "text", "noted"),
    [
        ("é = 1".encode(), "é = 1", False),
        ("\ufeffé = 1".encode(), "é = 1", False),
        ("# -*- coding: latin-1 -*-\né = 1".encode("latin-1"), "# -*- coding: latin-1 -*-\né = 1", False),
        ("# caf\u00e9".encode("cp1252"), "# café", True),
        ("x = 1".encode("utf-16"), "x = 1", True),
        ("# coding: nonsense\né = 1".encode(), "# coding: nonsense\né = 1", True),
        (
            "#!/usr/bin/python\n# coding: cp1251\nж = 1".encode("cp1251"),
            "#!/usr/bin/python\n# coding: cp1251\nж = 1",
            False,
        ),
        ("x = 1\n# coding: cp1251\né = 1".encode(), "x = 1\n# coding: cp1251\né = 1", False),
        ("# coding: latin-1\n# coding: cp1251\né".encode("latin-1"), "# coding: latin-1\n# coding: cp1251\né", False),
        ("\ufeff# coding: latin-1\né = 1".encode(), "# coding: latin-1\né = 1", False),
        ("# coding: ascii\né = 1".encode(), "# coding: ascii\né = 1", True),
        (b"", "", True),
        (b" \n\n", " \n\n", True),
    ],
)
def test_an_odd_encoding_is_mended_and_noted(tmp_path: Path, content: bytes, text: str, noted: bool) -> None:
    submission = read_submission(write(tmp_path / "work.py", content), EXPECTED)
    assert submission.sources[0].cells[0].removeprefix("\ufeff") == text
    assert bool(submission.notes) == noted


def test_a_name_that_is_not_utf8_can_be_stored(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.py"))
    path.write_bytes(b"x = 1")
    read_submission(path, EXPECTED).name.encode()
    (found,), _ = find_submissions(tmp_path)
    found.name.encode()


def test_the_digest_is_of_the_content(tmp_path: Path) -> None:
    one = read_submission(write(tmp_path / "a/work.py"), EXPECTED).digest
    assert one == read_submission(write(tmp_path / "b/work.py"), EXPECTED).digest
    assert one != read_submission(write(tmp_path / "c/work.py", "x = 2"), EXPECTED).digest


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    assert "holds no .py or .ipynb file: hand in work.py or work.ipynb" in refusal(tmp_path / "ada")


@pytest.mark.parametrize("names", [["work.py", "work.ipynb"], ["a.py", "b.py"], ["work (1).py", "work (2).py"]])
def test_two_files_that_could_both_be_meant(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        write(tmp_path / "ada" / name)
    message = refusal(tmp_path / "ada")
    assert all(name in message for name in names)
    assert "could each be the submission: keep the one that counts, named work.py or work.ipynb" in message


def test_too_much_code(tmp_path: Path) -> None:
    assert "more than 2 MiB of code" in refusal(write(tmp_path / "work.py", "x" * (3 << 20)))


def test_what_is_no_text(tmp_path: Path) -> None:
    assert "is not Python text" in refusal(write(tmp_path / "work.py", b"\x7fELF\0\0\0"))


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(encodings.__path__)] + ["x" * 10_000])
def test_any_encoding_may_be_declared(tmp_path: Path, name: str) -> None:
    """Some of Python's encodings raise what they like, or take hours for a megabyte."""
    code = f"# coding: {name}\nx = 1\n" + "# abc\n" * 100_000
    assert read_submission(write(tmp_path / "work.py", code), EXPECTED).sources[0].cells == (code,)


@pytest.mark.parametrize("name", ["undefined", "rot13", "punycode", "idna", "hex", "unicode_escape", "utf-7", "zlib"])
def test_an_encoding_that_is_none_for_code_is_noted(tmp_path: Path, name: str) -> None:
    submission = read_submission(write(tmp_path / "work.py", f"# coding: {name}\nx = 1\n"), EXPECTED)
    assert submission.notes == (DECLARED,)


@pytest.mark.parametrize(
    "content", [b"x = 1\0", "x = 1\0".encode("utf-16"), "x = 1".encode("utf-32"), b"# coding: hex\n\0"]
)
def test_text_with_null_bytes_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "is not Python text: hand in the .py file itself" in refusal(write(tmp_path / "work.py", content))


def test_an_empty_file_is_noted(tmp_path: Path) -> None:
    assert read_submission(write(tmp_path / "work.py", "\n"), EXPECTED).notes == ("the file is empty",)


@pytest.mark.parametrize(
    "unit", ["\n", " ", "import ", "import a\n", "from\t", "import a ,", "%", "a.", "\f", "\r", "# coding:  "]
)
def test_long_code_of_any_pattern_is_read(tmp_path: Path, unit: str) -> None:
    """Time that grew with the square of the length would be hours."""
    code = unit * ((2 << 20) // len(unit) - 1)
    assert read_submission(write(tmp_path / "work.py", code), EXPECTED).sources[0].cells == (code,)


def test_imports_are_found_wherever_a_line_begins(tmp_path: Path) -> None:
    code = "import numpy as np\n\n\n  import os, json.decoder\nfrom  a.b import c\n%matplotlib inline\nimportant = 1\n"
    found = read_submission(write(tmp_path / "work.py", code), EXPECTED).imports
    assert found == {"numpy", "os", "json", "a", "matplotlib"}


def test_a_message_names_the_file_in_a_zip(tmp_path: Path) -> None:
    assert "ada.zip/hw/work.ipynb is not a notebook" in refusal(make_zip(tmp_path / "ada.zip", {"hw/work.ipynb": "x"}))


def test_a_message_can_be_shown_and_stored_whatever_the_path(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\x1b[2J\n\xe9.ipynb"))
    path.write_bytes(b"not a notebook")
    for asked in (path, path.with_suffix(".py"), path.with_suffix("")):
        with pytest.raises(BadSubmission) as caught:
            read_submission(asked, EXPECTED)
        assert str(caught.value).encode()
        assert str(caught.value).isprintable()


# ----------------------------------------------------------------------------------------- names that are odd


def test_a_name_that_not_every_system_can_write_is_left_out_and_noted(tmp_path: Path) -> None:
    for name in ("work.py", "fig 12:30.png", "back\\slash.csv", "data/a:b.csv", "fine.csv"):
        write(tmp_path / "ada" / name)
    submission = read_submission(tmp_path / "ada", EXPECTED)
    assert set(submission.files) == {"work.py", "fine.csv"}
    assert len(submission.notes) == 3
    assert "fig 12:30.png has a colon or a backslash in its name" in "".join(submission.notes)


@pytest.mark.parametrize(
    ("name", "written"), [("work 12:30.py", "work 12_30.py"), ("hw\\work.py", "hw_work.py"), ("work\n.py", "work_.py")]
)
def test_the_file_to_grade_has_its_name_mended(tmp_path: Path, name: str, written: str) -> None:
    write(tmp_path / "ada" / name)
    write(tmp_path / "ada/data.csv")
    submission = read_submission(tmp_path / "ada", EXPECTED)
    assert submission.sources[0].name == written
    assert set(submission.files) == {written, "data.csv"}
    assert len(submission.notes) == 1  # that it is not the name of the handout
    alone = read_submission(tmp_path / "ada" / name, EXPECTED)
    assert (alone.sources[0].name, alone.notes) == (written, ())


def test_the_name_of_the_folder_above_is_no_matter(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "ada.zip", {"HW 1: calculus/work.py": "x = 1", "HW 1: calculus/helper.py": ""})
    submission = read_submission(path, EXPECTED)
    assert (set(submission.files), submission.notes) == ({"work.py", "helper.py"}, ())


def test_endings_in_capitals_are_known(tmp_path: Path) -> None:
    assert read_submission(write(tmp_path / "WORK.PY"), EXPECTED).sources[0].cells == ("x = 1\n",)
    assert read_submission(write(tmp_path / "WORK.IPYNB", notebook("x")), EXPECTED).notebook


@pytest.mark.parametrize("length", [251, 80])
def test_any_name_that_a_file_can_have_is_taken(tmp_path: Path, length: int) -> None:
    path = write(tmp_path / ("x" * length + ".py"))
    assert read_submission(path, EXPECTED).sources[0].name == path.name


def test_a_notebook_under_the_name_of_a_module_is_a_notebook(tmp_path: Path) -> None:
    submission = read_submission(write(tmp_path / "work.py", notebook("x = 1")), EXPECTED)
    assert submission.notebook
    assert submission.notes == ("work.py holds a notebook: name it .ipynb",)
    assert not read_submission(write(tmp_path / "work.py", b"{'cells': 1, 'nbformat': 2}"), EXPECTED).notebook
