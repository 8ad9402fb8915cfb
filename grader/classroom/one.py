"""A student's own check of one submission: the public checks, as fast as a cold start allows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grader.assignment import available, each, load, locate, read_manifest
from grader.engine import Scope, grade_settled
from grader.model import BadSubmission
from grader.sandbox import Cargo, open_launcher
from grader.submission import read_path, read_submission
from grader.submission.choose import matches

if TYPE_CHECKING:
    from grader.model import Manifest, Report


def check_one(path: Path, name: str | None, assignments: Path | None, seed: int) -> Report:
    """Grade what lies at `path` with the public checks.

    Raises:
        BadInput: It cannot be read, or it is not clear which assignment it answers.
    """
    folder = _folder_of(path, name, assignments)
    manifest = read_manifest(folder)
    submission = read_submission(path, manifest.files, modules=manifest.modules)
    launcher = open_launcher(manifest.packages)
    try:
        # The guest starts while this process imports NumPy and the checks.
        launcher.warm(Cargo(submission=submission, packages=manifest.packages).preload)
        return grade_settled(load(folder, manifest), submission, launcher, seed=seed, scope=Scope.PUBLIC)
    finally:
        launcher.close()


def _folder_of(path: Path, name: str | None, assignments: Path | None) -> Path:
    """The assignment that is named, or the only one that asks for a file such as this."""
    if name is not None:
        return locate(name, assignments)
    folders = available(assignments)
    if len(folders) == 1:
        return folders[0]
    names = list(read_path(path).contents)
    manifests, bad = each(read_manifest, folders)
    fitting = [folder for folder, manifest in manifests.items() if _asks_for(manifest, names)]
    if len(fitting) == 1:
        return fitting[0]
    if bad and not fitting:
        raise bad[0]
    which = " or ".join(folder.name for folder in fitting or folders)
    raise BadSubmission(f"{path} does not tell which assignment it answers: say --assignment {which}")


def _asks_for(manifest: Manifest, names: list[str]) -> bool:
    return any(matches(name, wanted) for name in names for wanted in (*manifest.files, *manifest.modules))
