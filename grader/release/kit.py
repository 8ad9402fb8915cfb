"""What students get: the starter, the handout, the visible checks, and how to use them. Nothing hidden is in it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from grader import __version__
from grader.assignment import CHECKS, MANIFEST, PROBE, SOLUTION, STUBS, shown
from grader.model import Assignment, BadAssignment, BadInput, Check, format_points
from grader.release.notebook import to_notebook
from grader.release.public import asked_for, modules_used, pruned, public_checks, together
from grader.release.strip import starter

HANDOUT, README, CALIBRATION = "HANDOUT.md", "README.md", "calibration.json"
PIPE = "\\|"  # in a table
NOTEBOOK = """ Notebooks open with

    jupyter notebook

and `grade check` reads them as they are saved. In the notebook itself,

    from grader import notebook
    notebook.check()

checks what you have just run, saved or not, and `notebook.check("...")` the checks with these words in their titles.
Save before you hand in: it says so where the file is not what you have run."""


def kit(assignment: Assignment) -> Mapping[str, str]:
    """The text of every file of the kit, by its name.

    Raises:
        BadAssignment: There is no solution to make a starter from, no visible check, or one that cannot be taken out of
            checks.py alone.
    """
    folder, manifest = assignment.folder, assignment.manifest
    if assignment.solution is None:
        raise BadAssignment(f"{shown(folder)} has no {SOLUTION}: a kit is made from the whole assignment")
    public = [check for check in assignment.checks if check.public]
    hidden = [check for check in assignment.checks if not check.public]
    if not public:
        raise BadAssignment(f"{shown(folder / CHECKS)} has no visible check: students would have nothing to run")
    text = (folder / CHECKS).read_text(encoding="utf-8")
    origin = shown(folder / CHECKS)
    checks = public_checks(text, [check.name for check in public], [check.name for check in hidden], origin)
    begun = starter(assignment.solution, shown(folder / SOLUTION))
    files = {
        README: _readme(assignment, public, hidden),
        MANIFEST: _manifest((folder / MANIFEST).read_text(encoding="utf-8"), hidden),
        CHECKS: checks,
        **_beside(folder, checks),
        **{f"{STUBS}/{name.replace('.', '/')}.py": text for name, text in assignment.stubs.items()},
    }
    for name in _begun(manifest.files):
        files[name] = begun if name.endswith(".py") else to_notebook(begun)
    if (folder / README).is_file():
        files[HANDOUT] = (folder / README).read_text(encoding="utf-8")
    return files


def write_kit(assignment: Assignment, out: Path) -> Path:
    """Write the kit into a folder of the assignment's name, which may not hold anything yet; the folder.

    Raises:
        BadAssignment: See `kit`.
        BadInput: There is something already.
    """
    files = kit(assignment)
    folder = out / assignment.name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder} is there already: remove it, or name another folder with --out")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _begun(names: tuple[str, ...]) -> list[str]:
    """The first module and the first notebook of those that may be handed in."""
    firsts = {Path(name).suffix: name for name in reversed(names)}
    return [firsts[suffix] for suffix in (".ipynb", ".py") if suffix in firsts]


def _beside(folder: Path, checks: str) -> dict[str, str]:
    """The probe, what has been calibrated, and of the modules beside checks.py what the visible checks use."""
    whole = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.name != CHECKS}
    probe = whole.pop(PROBE, "")
    found: dict[str, str] = {}
    while True:  # one module may use another
        used: dict[str, frozenset[str] | None] = {}
        calls = asked_for("\n".join([checks, *(text for name, text in found.items() if name != PROBE)]), probe)
        if calls:
            found[PROBE] = pruned(probe, calls)
        for text in (checks, *found.values()):
            for module, names in modules_used(text).items():
                used[f"{module}.py"] = together(used.get(f"{module}.py", frozenset()), names)
        if SOLUTION in used:
            raise BadAssignment(f"{shown(folder / CHECKS)} imports the solution, which students may not have")
        more = {name: pruned(text, used[name]) for name, text in whole.items() if name in used}
        if found == found | more:
            break
        found |= more
    if (folder / CALIBRATION).is_file():
        found[CALIBRATION] = (folder / CALIBRATION).read_text(encoding="utf-8")
    return found


def _manifest(text: str, hidden: list[Check]) -> str:
    if not hidden:
        return text
    points = format_points(_points(hidden))
    table = f'[hidden]  # what runs when you hand in\nchecks = {len(hidden)}\npoints = "{points}"'
    return f"{text.rstrip()}\n\n{table}\n"


def _points(checks: list[Check]) -> Fraction:
    return sum((check.points for check in checks), Fraction(0))


def _readme(assignment: Assignment, public: list[Check], hidden: list[Check]) -> str:
    manifest = assignment.manifest
    names = _begun(manifest.files)
    packages = [f"gradgrader=={__version__}", *(name for name in manifest.packages if name != "numpy")]
    if names[0].endswith(".ipynb"):
        packages.append("notebook")
    later = (
        f" {len(hidden)} more, worth {format_points(_points(hidden))} points, run when you hand in." if hidden else ""
    )
    lines = [f"| {check.title.replace('|', PIPE)} | {format_points(check.points)} |" for check in public]
    return f"""# {manifest.title}

`{HANDOUT}` says what is asked. Write your answers into {" or ".join(f"`{name}`" for name in names)}, and hand in that
one file.

## Once

With Python 3.11 or newer, in this folder:

    python3 -m venv .venv
    . .venv/bin/activate
    pip install {" ".join(packages)}

(On Windows the second line is `.venv\\Scripts\\activate`.)

## Whenever you like

    grade check {names[0]}

It says which checks pass, and what is wrong where one does not. The numbers are new each time; the last line of a
report repeats it with the same ones.{NOTEBOOK if names[0].endswith(".ipynb") else ""}

## What is checked here

{len(public)} checks, {format_points(_points(public))} points.{later}

| check | points |
|---|---|
{chr(10).join(lines)}
"""
