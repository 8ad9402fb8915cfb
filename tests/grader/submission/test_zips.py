"""Zips: what a stranger packed is read, or refused in a sentence."""

from __future__ import annotations

import random
import stat
import zipfile
from pathlib import Path

import pytest

from grader.submission import read_submission
from tests.grader.submission.making import EXPECTED, attempt, make_zip, refusal, write


def test_a_zip_and_a_folder_with_a_zip(tmp_path: Path) -> None:
    entries: dict[str, bytes | str] = {"hw/work.py": "x = 1", "hw/helper.py": "", "__MACOSX/hw/._work.py": b"\0"}
    path = make_zip(tmp_path / "ada.zip", entries)
    assert set(read_submission(path, EXPECTED).files) == {"work.py", "helper.py"}
    (tmp_path / "bob").mkdir()
    path.rename(tmp_path / "bob/handed in.ZIP")
    assert read_submission(tmp_path / "bob", EXPECTED).sources[0].name == "work.py"


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
        "a/work.py\0/../../b",
        "",
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
    assert "holds 'work.py', which is larger than 16 MiB" in refusal(path)
    path = make_zip(tmp_path / "bob.zip", {f"f{k}.py": b"\0" * (15 << 20) for k in range(3)})
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
    path = make_zip(tmp_path / "eve.zip", {f"f{k}.py": "" for k in range(30_000)})
    assert "holds more than 300 files" in refusal(path)


def test_two_files_of_one_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        archive.writestr("work.py", "x = 1")
        archive.writestr("Work.py", "x = 2")
    assert "holds two files named 'Work.py': rename one of them" in refusal(tmp_path / "ada.zip")


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


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_whose_output_cannot_be_bounded(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "ada.zip", "w", method) as archive:
        archive.writestr("work.py", "x = 1\n" * 1000)
    assert "holds 'work.py', compressed in an unusual way: pack it again as an ordinary zip" in refusal(
        tmp_path / "ada.zip"
    )


def test_a_zip_in_a_folder_counts_by_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    inside = make_zip(tmp_path / "ada/hw.zip", {"hw.zip/work.py": "x = 1"})
    with zipfile.ZipFile(inside, "a") as archive:
        archive.writestr("hw.zip/data0.bin", bytes(14 << 20), zipfile.ZIP_STORED)
        archive.writestr("hw.zip/data1.bin", bytes(14 << 20), zipfile.ZIP_DEFLATED)
    assert set(read_submission(tmp_path / "ada", EXPECTED).files) == {"work.py", "data0.bin", "data1.bin"}


def test_files_that_are_stored_are_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ada.zip", "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("work.py", "x = 1\n" * 50_000)
    assert read_submission(tmp_path / "ada.zip", EXPECTED).sources[0].cells == ("x = 1\n" * 50_000,)


@pytest.mark.parametrize(
    "names",
    [
        ("a", "a/b.py"),
        ("a/b.py", "a"),
        ("A", "a/b.py"),
        ("a/B/c.py", "a/b"),
        ("a/b", "a/B/c/d.py"),
        ("stra\u00dfe", "STRASSE/a.py"),
    ],
)
def test_a_file_and_a_folder_of_one_name(tmp_path: Path, names: tuple[str, str]) -> None:
    path = make_zip(tmp_path / "ada.zip", {"work.py": "x = 1", **dict.fromkeys(names, "")})
    assert "holds a file and a folder of one name" in refusal(path)


def test_files_that_overlap(tmp_path: Path) -> None:
    """One file's content holds the next, header and all: a short zip could name the same bytes many times."""
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("helper.py", "x" * 10_000)
        held, length = archive.getinfo("helper.py"), archive.start_dir
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        archive.writestr("work.py", inner.read_bytes()[:length])
        held.header_offset = archive.start_dir - length
        archive.filelist.append(held)
    assert "ada.zip is not a zip that can be read" in refusal(tmp_path / "ada.zip")


def test_a_list_of_files_that_is_longer_than_the_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        for k in range(40):
            info = zipfile.ZipInfo(f"f{k}.py")
            info.comment = b"x" * 60_000
            archive.writestr(info, "")
    assert "holds more than 300 files" in refusal(tmp_path / "ada.zip")


def test_a_zip_from_windows_may_separate_folders_its_own_way(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        for name in ("hw/work.py", "hw/helper.py"):
            info = zipfile.ZipInfo("placeholder")
            info.filename, info.create_system = name.replace("/", "\\"), 0
            archive.writestr(info, "x = 1")
    assert set(read_submission(tmp_path / "ada.zip", EXPECTED).files) == {"work.py", "helper.py"}


@pytest.mark.parametrize("seed", range(4))
def test_a_changed_zip_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    rng, read = random.Random(seed), 0
    with zipfile.ZipFile(tmp_path / "good.zip", "w") as archive:
        archive.comment = b"handed in late"
        archive.writestr("hw/work.py", "x = 1\n" * 20, zipfile.ZIP_DEFLATED)
        archive.writestr("hw/caf\u00e9.txt", "stored", zipfile.ZIP_STORED)
        archive.writestr("hw/data/", "")
    good = (tmp_path / "good.zip").read_bytes()
    for _ in range(500):
        data = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.choice([0, 1, 0x2E, 0x2F, 0x7F, 0xFF, rng.randrange(256)])
        if rng.random() < 0.1:
            del data[rng.randrange(len(data)) :]
        path = write(tmp_path / "ada.zip", bytes(data))
        got = attempt(path)
        if isinstance(got, str):
            assert "ada.zip" in got
            assert got.isprintable()
        else:
            read += 1
    assert 20 < read < 500
