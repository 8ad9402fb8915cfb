"""Reading submissions: what is taken, what is refused, and the sentence that says so."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from pathlib import Path

import nbformat
import pytest

from grader.model import BadSubmission
from grader.submission import files as limits
from grader.submission import find_submissions, read_path, read_submission

EXPECTED = ("work.py", "work.ipynb")
NOTEBOOK: dict[str, object] = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}


def make_zip(path: Path, entries: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def write(path: Path, content: bytes | str = "x = 1\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def notebook(*sources: object) -> str:
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    return json.dumps(NOTEBOOK | {"cells": cells})


def refusal(path: Path) -> str:
    with pytest.raises(BadSubmission) as caught:
        read_submission(path, EXPECTED)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


# --------------------------------------------------------------------------------------------------- what is taken


def test_a_module(tmp_path: Path) -> None:
    submission = read_submission(write(tmp_path / "work.py", "import numpy as np, json\nfrom a.b import c\n"), EXPECTED)
    assert submission.name == "work"
    assert submission.sources[0].cells == ("import numpy as np, json\nfrom a.b import c\n",)
    assert not submission.notebook
    assert {"numpy", "a"} <= submission.imports
    assert submission.notes == ()


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


def test_a_folder_with_helpers(tmp_path: Path) -> None:
    folder = tmp_path / "ada.lovelace"
    write(folder / "hw/work.py")
    write(folder / "hw/helper.py", "y = 2")
    write(folder / "hw/data/points.csv", "1,2")
    write(folder / "elsewhere.txt")
    for clutter in ("__pycache__/work.pyc", ".git/config", ".DS_Store", "hw/.ipynb_checkpoints/work-checkpoint.ipynb"):
        write(folder / clutter)
    submission = read_submission(folder, EXPECTED)
    assert submission.name == "ada.lovelace"
    assert set(submission.files) == {"work.py", "helper.py", "data/points.csv"}


def test_a_zip_and_a_folder_with_a_zip(tmp_path: Path) -> None:
    entries: dict[str, bytes | str] = {"hw/work.py": "x = 1", "hw/helper.py": "", "__MACOSX/hw/._work.py": b"\0"}
    path = make_zip(tmp_path / "ada.zip", entries)
    assert set(read_submission(path, EXPECTED).files) == {"work.py", "helper.py"}
    (tmp_path / "bob").mkdir()
    path.rename(tmp_path / "bob/handed in.ZIP")
    assert read_submission(tmp_path / "bob", EXPECTED).sources[0].name == "work.py"


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
        (b"# coding: nonsense\nx = 1", "# coding: nonsense\nx = 1", True),
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


# ------------------------------------------------------------------------------------------------- what is refused


def test_nothing_there(tmp_path: Path) -> None:
    assert "does not exist: check the path" in refusal(tmp_path / "work.py")


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    assert "holds no .py or .ipynb file: hand in work.py or work.ipynb" in refusal(tmp_path / "ada")


@pytest.mark.parametrize("names", [["work.py", "work.ipynb"], ["a.py", "b.py"], ["work (1).py", "work (2).py"]])
def test_two_files_that_could_both_be_meant(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        write(tmp_path / "ada" / name)
    message = refusal(tmp_path / "ada")
    assert all(name in message for name in names)
    assert "could each be the submission: keep one, or name the file itself" in message


@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, "\x00", "print('not a notebook')"])
def test_a_notebook_that_is_not_json(tmp_path: Path, content: str) -> None:
    assert "is not a notebook (broken JSON)" in refusal(write(tmp_path / "work.ipynb", content))


@pytest.mark.parametrize(
    "content", ["[]", "{}", '{"cells": 5}', '"text"', "null", '{"worksheets": 3}', '{"worksheets": [1]}']
)
def test_json_that_is_no_notebook(tmp_path: Path, content: str) -> None:
    assert "is not a notebook (no list of cells)" in refusal(write(tmp_path / "work.ipynb", content))


def test_a_notebook_with_too_many_cells(tmp_path: Path) -> None:
    path = write(tmp_path / "work.ipynb", json.dumps(NOTEBOOK | {"cells": [0] * 100_000}))
    assert "has 100,000 cells" in refusal(path)


def test_too_much_code(tmp_path: Path) -> None:
    assert "more than 2 MiB of code" in refusal(write(tmp_path / "work.py", "x" * (3 << 20)))


def test_what_is_no_text(tmp_path: Path) -> None:
    assert "is not Python text" in refusal(write(tmp_path / "work.py", b"\x7fELF\0\0\0"))


def test_what_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "work.py")

    def denied(self: Path, *args: object, **kwargs: object) -> io.BytesIO:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", denied)
    assert "cannot be read: Permission denied" in refusal(path)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "work.py"
    with path.open("wb") as stream:
        stream.truncate(limits.MAX_TOTAL + 1)
    assert "is larger than 32 MiB" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04" + b"\0" * 50, b"Rar!\x1a\x07"])
def test_a_zip_that_is_none(tmp_path: Path, content: bytes) -> None:
    assert "is not a zip that can be read" in refusal(write(tmp_path / "ada.zip", content))


def test_a_zip_whose_content_is_damaged(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "ada.zip", {"work.py": "x = 1\n" * 1000})
    data = bytearray(path.read_bytes())
    data[60:70] = b"\xff" * 10
    assert "is not a zip that can be read" in refusal(write(path, bytes(data)))


@pytest.mark.parametrize(
    "name",
    [
        "../work.py",
        "a/../../work.py",
        "/etc/work.py",
        "C:\\work.py",
        "a\\..\\work.py",
        "a\nb/work.py",
        "x/" * 9 + "work.py",
    ],
)
def test_a_zip_with_a_name_that_could_lie_elsewhere(tmp_path: Path, name: str) -> None:
    path = tmp_path / "ada.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("placeholder")
        info.filename = name  # the constructor would mend some of these
        archive.writestr(info, "x = 1")
    before = sorted(tmp_path.parent.rglob("*"))
    assert "holds a file n" in refusal(path)
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_a_zip_bomb(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "ada.zip", {"work.py": b"\0" * (200 << 20)})
    assert path.stat().st_size < 1 << 20
    assert "is larger than 32 MiB when unpacked" in refusal(path)


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "ada.zip", {"work.py": b"\0" * (40 << 20)})
    data = path.read_bytes().replace((40 << 20).to_bytes(4, "little"), (5).to_bytes(4, "little"))
    assert "ada.zip" in refusal(write(path, data))


def test_too_many_files(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "ada.zip", {f"f{k}.py": "" for k in range(400)})
    assert "holds more than 300 files" in refusal(path)
    path = make_zip(tmp_path / "bob.zip", {f"f{k}.py": "" for k in range(5000)})
    assert "holds more than 300 files" in refusal(path)


def test_two_files_of_one_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        archive.writestr("work.py", "x = 1")
        archive.writestr("Work.py", "x = 2")
    assert "holds two files named 'Work.py'" in refusal(tmp_path / "ada.zip")


def test_a_link_in_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        info = zipfile.ZipInfo("work.py")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert "holds a link or a device, 'work.py'" in refusal(tmp_path / "ada.zip")


def test_an_encrypted_zip(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "ada.zip", {"work.py": "x = 1"})
    data = bytearray(path.read_bytes())
    for signature in (b"PK\x03\x04", b"PK\x01\x02"):
        place = data.index(signature) + (6 if signature == b"PK\x03\x04" else 8)
        data[place] |= 1
    assert "is encrypted" in refusal(write(path, bytes(data)))


def test_a_link_in_a_folder_is_left_out_and_noted(tmp_path: Path) -> None:
    write(tmp_path / "ada/work.py")
    (tmp_path / "ada/key.py").symlink_to("/etc/passwd")
    files = read_path(tmp_path / "ada")
    assert set(files.contents) == {"work.py"}
    assert files.notes == ["key.py is a link or a device, and was left out"]


# ------------------------------------------------------------------------------------------------------- a class


def test_every_entry_of_a_folder_is_a_submission_or_listed(tmp_path: Path) -> None:
    for name in ("ada.py", "bob.zip", "eve.ipynb", "eve.py", "notes.txt", ".hidden", "zoe/work.py"):
        write(tmp_path / name)
    found, ignored = find_submissions(tmp_path)
    assert [one.name for one in found] == ["ada", "bob", "eve.ipynb", "eve.py", "zoe"]
    assert [path.name for path in ignored] == ["notes.txt"]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "does not exist: name the folder"),
        (write, "is not a folder: to grade one file use `grade check`"),
        (lambda path: path.mkdir(), "holds no submission: expected .py, .ipynb or .zip files"),
    ],
)
def test_a_folder_without_submissions(tmp_path: Path, make: object, says: str) -> None:
    make(tmp_path / "class")  # type: ignore[operator]
    with pytest.raises(BadSubmission, match="class") as caught:
        find_submissions(tmp_path / "class")
    assert says in str(caught.value)
