"""A student's kit: all that is needed to check one's own work, and nothing that is hidden."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import textwrap
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from grader.assignment import available, load, mutant_files, read_mutant
from grader.model import Assignment, BadAssignment, format_points
from grader.release import kit, starter, to_notebook, write_kit
from grader.release.public import public_checks
from tests.support import ROOT

ASSIGNMENTS = [load(folder) for folder in available(ROOT / "assignments")]
LONG = 20  # characters: shorter lines are anybody's


@pytest.fixture(params=ASSIGNMENTS, ids=lambda assignment: assignment.name)
def assignment(request: pytest.FixtureRequest) -> Assignment:
    found: Assignment = request.param
    return found


def _lines(text: str) -> set[str]:
    """What tells one text from another."""
    return {line.strip() for line in text.splitlines() if len(line.strip()) >= LONG}


def test_nothing_hidden_is_in_it(assignment: Assignment) -> None:
    files = dict(kit(assignment))
    handout = files.pop("HANDOUT.md")
    everything = "\n".join(files.values())
    given = _lines(starter(assignment.solution or "")) | _lines(handout)
    for check in assignment.checks:
        if not check.public:
            assert f"def {check.name}(" not in everything
            assert check.title not in everything
    hidden = _lines(_hidden_text(assignment)) - _lines(files["checks.py"])
    assert hidden
    secret = (_lines(assignment.solution or "") - given - _lines(files["checks.py"])) | hidden
    for path in mutant_files(assignment):
        secret |= _lines(read_mutant(path).text) - given - _lines(files["checks.py"])
    assert secret
    assert not secret & _lines(everything)
    assert "BEGIN SOLUTION" not in everything


def _hidden_text(assignment: Assignment) -> str:
    text = (assignment.folder / "checks.py").read_text(encoding="utf-8")
    hidden = {check.name for check in assignment.checks if not check.public}
    nodes = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name in hidden]
    return "\n".join(ast.get_source_segment(text, node) or "" for node in nodes)


def test_the_visible_checks_of_the_kit_are_those_of_the_assignment(assignment: Assignment, tmp_path: Path) -> None:
    released = load(write_kit(assignment, tmp_path))
    assert [(c.name, c.title, c.points, c.needs, c.seconds) for c in released.checks] == [
        (c.name, c.title, c.points, c.needs, c.seconds) for c in assignment.checks if c.public
    ]
    assert released.manifest.hidden_checks == sum(not check.public for check in assignment.checks)
    assert released.points + released.manifest.hidden_points == assignment.points


def test_the_kit_gives_the_solution_its_points_and_the_starter_none(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_kit(assignment, tmp_path)
    name = next(name for name in assignment.manifest.files if (folder / name).exists())
    monkeypatch.chdir(folder)
    begun = CliRunner().invoke(main, ["check", name, "--json", "--seed", "3"])
    assert begun.exit_code == 1
    assert {r["outcome"] for r in json.loads(begun.stdout)["results"]} <= {"missing", "blocked"}
    text = assignment.solution or ""
    Path(name).write_text(to_notebook(text) if name.endswith(".ipynb") else text, encoding="utf-8")
    solved = CliRunner().invoke(main, ["check", name, "--quiet", "--seed", "3"])
    points = format_points(sum((check.points for check in assignment.checks if check.public), Fraction(0)))
    hidden = sum(not check.public for check in assignment.checks)
    assert (solved.exit_code, solved.stdout) == (
        0,
        f"public checks: {points} of {points} points; {hidden} hidden checks were not run here\n",
    )


def test_a_kit_works_where_only_what_its_readme_says_is_installed(tmp_path: Path) -> None:
    """The line of the README, but for the notebook program, which `grade check` does not need."""
    released = write_kit(load(ROOT / "assignments/matrix_calculus"), tmp_path)
    (line,) = re.findall(r"^    (pip install .*)$", (released / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    wheels = tmp_path / "wheels"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "venv", ".venv"], cwd=released, check=True)
    programs = released / ".venv/bin"
    packages = [word for word in line.split()[2:] if word != "notebook"]
    environment = {**os.environ, "PIP_FIND_LINKS": str(wheels), "PIP_NO_COMPILE": "1"}
    for word in ("PYTHONPATH", "VIRTUAL_ENV"):
        environment.pop(word, None)
    subprocess.run([programs / "pip", "install", "--quiet", *packages], env=environment, check=True)
    done = subprocess.run(
        [programs / "grade", "check", "matrix_calculus.ipynb", "--quiet"],
        cwd=released,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "public checks: 0 of 24 points; 28 hidden checks were not run here\n",
        "",
    )


# --------------------------------------------------------------------------------------------- taking checks.py apart

CHECKS = '''"""Two checks."""

from __future__ import annotations

import math
from math import e, pi as circle

from grader import Dims, assert_close, check

dims = Dims(n=3)
SECRET = 42  # only for the hidden one


# what both use
def helper(x):
    return inner(x) * circle


# ---- what the helper uses
def inner(x):
    return x


@check(points=1)
def shown(student, draw):
    """What students see."""
    assert_close(student.f(1.0), helper(1.0))


# a remark on what is hidden
@check(points=1, visibility="hidden")
def unseen(student, draw):
    """What they do not."""
    assert_close(student.f(SECRET), math.e)
'''


def test_what_only_hidden_checks_use_is_left_out() -> None:
    assert public_checks(CHECKS, ["shown"], ["unseen"]) == textwrap.dedent('''\
        """Two checks."""

        from __future__ import annotations

        from math import pi as circle

        from grader import Dims, assert_close, check

        dims = Dims(n=3)


        # what both use
        def helper(x):
            return inner(x) * circle


        # ---- what the helper uses
        def inner(x):
            return x


        @check(points=1)
        def shown(student, draw):
            """What students see."""
            assert_close(student.f(1.0), helper(1.0))
        ''')


def test_a_hidden_check_that_a_visible_one_uses_is_refused() -> None:
    text = CHECKS.replace("helper(1.0))", "unseen)")
    with pytest.raises(
        BadAssignment, match=r"^checks\.py:3\d: a visible check uses hidden check unseen: move what both"
    ):
        public_checks(text, ["shown"], ["unseen"])


def test_a_name_of_a_checks_own_is_none_of_the_modules() -> None:
    text = CHECKS.replace(
        "    assert_close(student.f(1.0)", "    unseen, SECRET = 1.0, [e for e in range(3)]\n    assert_close(unseen"
    )
    kept = public_checks(text, ["shown"], ["unseen"])
    assert "SECRET = 42" not in kept
    assert "from math import pi as circle" in kept


def test_a_check_that_is_made_by_a_loop_is_refused() -> None:
    with pytest.raises(BadAssignment, match="check made is no function at the top level"):
        public_checks(CHECKS, ["shown", "made"], ["unseen"])


# ------------------------------------------------------------------------------------------------------------- the rest


def _copy(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    written = {
        "assignment.toml": 'title = "Small"\nfiles = ["f.py"]\n',
        "checks.py": CHECKS,
        "solution.py": "def f(x):\n    ### BEGIN SOLUTION\n    return x * 3.0\n    ### END SOLUTION\n",
        **{name.replace("__", "."): text for name, text in files.items()},
    }
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_modules_and_probe_that_visible_checks_use_go_along(tmp_path: Path) -> None:
    text = CHECKS.replace("import math\n", "import math\nimport numbers_of_ours\nimport secrets_of_ours\n")
    text = text.replace("inner(x) * circle", "numbers_of_ours.one * circle").replace("SECRET)", "secrets_of_ours.x)")
    folder = _copy(
        tmp_path,
        checks__py=text,
        numbers_of_ours__py="from deeper import one\n",
        deeper__py="one = 1\n",
        secrets_of_ours__py="x = 7\n",
        probe__py="def f(x): return 1\n",
    )
    assert {*kit(load(folder))} == {
        *("README.md", "assignment.toml", "checks.py", "f.py", "numbers_of_ours.py", "deeper.py", "probe.py")
    }


def test_what_stands_in_for_a_course_goes_along(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    (folder / "stubs/past").mkdir(parents=True)
    (folder / "stubs/past/builtins.py").write_text("xrange = range\n", encoding="utf-8")
    assert kit(load(folder))["stubs/past/builtins.py"] == "xrange = range\n"


def test_of_modules_beside_the_checks_only_what_visible_checks_use_goes_along(tmp_path: Path) -> None:
    text = CHECKS.replace("import math\n", "import math\nimport judging as judge\nfrom tools import a, b\n")
    text = text.replace("inner(x) * circle", "judge.value(a) * circle").replace("SECRET)", "judge.trap(b))")
    judging = (
        "import numpy as np\nfrom tools import c, d\n\n\ndef value(x):\n    return x * c\n\n\n"
        "# a trap\ndef trap(x):\n    return np.exp(x) * d\n"
    )
    tools = "a = 1\nb = 2  # of the trap\nc = 3\nd = 4  # of the trap\n"
    files = kit(load(_copy(tmp_path, checks__py=text, judging__py=judging, tools__py=tools)))
    assert files["judging.py"] == "from tools import c\n\n\ndef value(x):\n    return x * c\n"
    assert files["tools.py"] == "a = 1\nc = 3\n"
    assert "trap" not in "".join(files.values())


def test_a_module_that_is_passed_on_goes_along_as_it_is(tmp_path: Path) -> None:
    text = CHECKS.replace("import math\n", "import math\nimport tools\n").replace(
        "inner(x) * circle", "inner(tools) * circle"
    )
    files = kit(load(_copy(tmp_path, checks__py=text, tools__py="a = 1\nb = 2\n")))
    assert files["tools.py"] == "a = 1\nb = 2\n"


def test_of_the_probe_only_what_visible_checks_call_goes_along(tmp_path: Path) -> None:
    text = CHECKS.replace("student.f(1.0)", "student.shown(1.0)").replace("student.f(SECRET)", "student.trap(SECRET)")
    probe = (
        "import submission\n\n\ndef shown(x):\n    return submission.f(x)\n\n\n"
        "# a trap\ndef trap(x):\n    return submission.f(-x)\n"
    )
    folder = _copy(tmp_path, checks__py=text, probe__py=probe)
    files = kit(load(folder))
    assert files["probe.py"] == "import submission\n\n\ndef shown(x):\n    return submission.f(x)\n"
    (folder / "probe.py").write_text("def trap(x):\n    return 1\n", encoding="utf-8")
    assert "probe.py" not in kit(load(folder))


def test_checks_that_import_the_solution_have_no_kit(tmp_path: Path) -> None:
    text = CHECKS.replace("import math\n", "import math\nimport solution\n").replace(
        "return x\n", "return solution.f(x)\n"
    )
    with pytest.raises(BadAssignment, match="imports the solution, which students may not have"):
        kit(load(_copy(tmp_path, checks__py=text)))


def test_without_a_visible_check_there_is_no_kit(tmp_path: Path) -> None:
    manifest = 'title = "Small"\nfiles = ["f.py"]\nvisibility = "hidden"\n'
    with pytest.raises(BadAssignment, match="has no visible check"):
        kit(load(_copy(tmp_path, assignment__toml=manifest)))


def test_a_kit_of_a_kit_is_refused(tmp_path: Path) -> None:
    released = write_kit(load(_copy(tmp_path)), tmp_path / "kits")
    with pytest.raises(BadAssignment, match=r"has no solution\.py: a kit is made from the whole assignment"):
        kit(load(released))


def test_the_command_writes_it_and_overwrites_nothing(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    first = CliRunner().invoke(main, ["release", str(folder), "--out", str(tmp_path / "kits")])
    assert first.exit_code == 0
    assert [Path(line).name for line in first.stdout.splitlines()] == [
        "README.md",
        "assignment.toml",
        "checks.py",
        "f.py",
    ]
    again = CliRunner().invoke(main, ["release", str(folder), "--out", str(tmp_path / "kits")])
    assert again.exit_code == 2
    assert "is there already: remove it, or name another folder with --out" in again.stderr


@pytest.mark.parametrize("table", ["checks = -1", 'points = "many"', 'points = "1/0"', "checks = 1.5", "more = 1"])
def test_what_no_release_writes_is_refused(tmp_path: Path, table: str) -> None:
    manifest = f'title = "Small"\nfiles = ["f.py"]\n\n[hidden]\n{table}\n'
    with pytest.raises(BadAssignment, match=r"assignment\.toml:[45]: "):
        load(_copy(tmp_path, assignment__toml=manifest))


def test_a_kit_with_a_notebook_says_how_to_check_in_it(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    assert "notebook.check()" not in kit(load(folder))["README.md"]
    manifest = (folder / "assignment.toml").read_text(encoding="utf-8").replace('"f.py"', '"f.ipynb"')
    (folder / "assignment.toml").write_text(manifest, encoding="utf-8")
    assert "    from grader import notebook\n    notebook.check()\n" in kit(load(folder))["README.md"]
