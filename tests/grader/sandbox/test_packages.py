"""The import policy's list is what the assignment allows, with requirements, and nothing else."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from grader.model import BadAssignment
from grader.sandbox import Cargo, Guest, open_launcher
from grader.sandbox.packages import _with_requirements, table
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


def install(
    site: Path, name: str, *, record: str = "", requires: Sequence[str] = (), top_level: str | None = None
) -> None:
    """A distribution as pip leaves it, or almost."""
    folder = site / f"{name.replace('-', '_')}-1.0.dist-info"
    folder.mkdir()
    lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0", *(f"Requires-Dist: {line}" for line in requires)]
    (folder / "METADATA").write_text("\n".join(lines), encoding="utf-8")
    if record:
        (folder / "RECORD").write_text(f"{record}\n{folder.name}/METADATA,,\n", encoding="utf-8")
    if top_level is not None:
        (folder / "top_level.txt").write_text(top_level, encoding="utf-8")
    importlib.invalidate_caches()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages; what is known of others is put aside."""
    monkeypatch.syspath_prepend(tmp_path)
    _with_requirements.cache_clear()
    yield tmp_path
    _with_requirements.cache_clear()


@pytest.mark.parametrize(
    "marker",
    [
        "extra == 'x'",
        "extra=='x'",
        'extra=="x"',
        "'x' == extra",
        "extra in 'x y'",
        "extra not in 'y'",
        "python_version > '3' and extra == 'x'",
        "(os_name=='posix')and(extra=='x')",
    ],
)
def test_what_only_an_extra_requires_stays_out(site: Path, marker: str) -> None:
    install(site, "tool", record="tool/__init__.py,,")
    install(site, "work", record="work/__init__.py,,", requires=[f"tool>=1; {marker}", f"tool ; {marker}"])
    assert set(table(("work",)).names) == {"work"}


@pytest.mark.parametrize(
    "line", ["tool", "tool>=1", "Tool (>=1)", "tool[x]", "tool; python_version > '3'", "tool;os_name!='extra'"]
)
def test_what_is_required_comes_along_however_it_is_written(site: Path, line: str) -> None:
    install(site, "tool", record="tool/__init__.py,,")
    install(site, "extra-work", record="extra_work/__init__.py,,", requires=[line])
    assert set(table(("extra_work",)).names) == {"extra_work", "tool"}


def test_a_list_of_files_is_read_as_it_is_quoted(site: Path) -> None:
    lines = [
        '"work/a, b.py",sha256=x,1',
        '"work/say ""hi"".py",,',
        '"alone.py",,',
        '"_fast.cpython-311-x86_64-linux-gnu.so",,',
    ]
    lines += ["../../../bin/work,,", "__pycache__/alone.cpython-311.pyc,,", "work.libs/libx.so,,", "notes.txt,,", ""]
    install(site, "work", record="\n".join(lines))
    found = table(("work",))
    assert found.names == dict.fromkeys(("work", "alone", "_fast"), str(site))
    assert found.metadata == [str(site / "work-1.0.dist-info")]


@pytest.mark.parametrize(
    "record",
    [
        "__editable__.work-1.0.pth,,",
        "__editable___work_1_0_finder.py,,\n__editable__.work.pth,,",
        "_work_editable.py,,",
        "",
    ],
)
@pytest.mark.parametrize("where", ["work/__init__.py", "work.py", "work/inner.py"])
def test_a_package_that_is_installed_to_be_edited_is_found_where_it_lies(
    site: Path, monkeypatch: pytest.MonkeyPatch, record: str, where: str
) -> None:
    source = site / "checkout/src"
    (source / where).parent.mkdir(parents=True)
    (source / where).touch()
    monkeypatch.syspath_prepend(source)
    install(site, "work", record=record)
    assert table(("work",)).names == {"work": str(source)}
    install(site, "other", record="other.py,,", requires=["work"])
    assert table(("other",)).names == {"other": str(site), "work": str(source)}


def test_an_older_kind_of_list_is_understood(site: Path) -> None:
    (site / "first").mkdir()
    (site / "second.py").touch()
    install(site, "work", top_level="first\nsecond\nmissing\n")
    assert table(("work",)).names == dict.fromkeys(("first", "second"), str(site))


@pytest.mark.parametrize(
    ("package", "says"),
    [
        ("math", "'math', which is part of Python and always allowed: take it out of the list"),
        ("torchx.nn", "'torchx.nn', which is not installed here: pip install torchx"),
        ("numpy.linalg", "'numpy.linalg', a part of a package: allow 'numpy'"),
        ("", "'', which is not the name of a package"),
        ("../numpy", "'../numpy', which is not the name of a package"),
        ("loose", "'loose', which can be imported here but is not installed: pip install it"),
    ],
)
def test_what_is_no_package_is_refused_with_what_to_do(site: Path, package: str, says: str) -> None:
    (site / "loose.py").touch()
    with pytest.raises(BadAssignment) as caught:
        table(("numpy", package))
    assert str(caught.value).startswith(f"the assignment allows {says}")


def test_a_package_whose_code_is_gone_is_refused(site: Path) -> None:
    install(site, "work", record="__editable__.work-1.0.pth,,")
    with pytest.raises(BadAssignment, match="'work', which is not installed here: pip install work"):
        table(("work",))


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
            assert child.call("f", [], {}, {}) == ["Agg", True]
    finally:
        guest.close()
        launcher.close()
