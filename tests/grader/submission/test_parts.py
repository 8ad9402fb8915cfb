"""Several files as one submission."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.model import BadSubmission, Submission
from grader.submission import read_submission

EXPECTED = ("layers.py", "layers.ipynb")
MODULES = {"layers.py": "course.layers", "net.py": "course.classifiers.net"}


def read(folder: Path, *names: str) -> Submission:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"import x{len(name)}\nname = {name!r}")
    return read_submission(folder, EXPECTED, modules=MODULES)


def test_the_files_that_are_there_belong_together_in_the_order_of_the_table(tmp_path: Path) -> None:
    submission = read(tmp_path, "net.py", "layers.py", "helper.py")
    assert [(source.name, source.module) for source in submission.sources] == [
        ("layers.py", "course.layers"),
        ("net.py", "course.classifiers.net"),
    ]
    assert set(submission.files) == {"net.py", "layers.py", "helper.py"}
    assert submission.imports == {"x9", "x6"}
    assert submission.notes == ()


def test_beside_them_lies_what_their_common_folder_holds(tmp_path: Path) -> None:
    submission = read(tmp_path, "hw/course/layers.py", "hw/course/classifiers/net.py", "hw/course/a.txt", "hw/b.txt")
    assert set(submission.files) == {"layers.py", "classifiers/net.py", "a.txt"}


def test_one_of_them_alone_is_a_submission_too(tmp_path: Path) -> None:
    (source,) = read(tmp_path, "net.py").sources
    assert source.module == "course.classifiers.net"


def test_a_file_that_was_renamed_is_known_by_what_its_name_contains(tmp_path: Path) -> None:
    submission = read(tmp_path, "ada_layers.py")
    assert submission.sources[0].module == "course.layers"
    assert submission.notes == ("the file is named ada_layers.py, the handout asks for layers.py or layers.ipynb",)


def test_copies_deeper_down_do_not_count(tmp_path: Path) -> None:
    submission = read(tmp_path, "layers.py", "old/layers.py", "old/net.py")
    assert [source.name for source in submission.sources] == ["layers.py", "net.py"]


@pytest.mark.parametrize("names", [("a/net.py", "b/net.py"), ("layers.ipynb", "layers.py")])
def test_what_could_be_meant_either_way_is_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    with pytest.raises(BadSubmission, match="could each be the submission"):
        read(tmp_path, *names)
