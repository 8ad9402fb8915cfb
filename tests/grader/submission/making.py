"""Submissions for tests, good and bad."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import zipfile
from pathlib import Path

import pytest

from grader.model import BadSubmission, Submission
from grader.submission import read_submission

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


def make_pipe(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no pipes with a name")
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as made:  # its path may have 100 letters
        made.bind(path.name)


def notebook(*sources: object) -> str:
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    return json.dumps(NOTEBOOK | {"cells": cells})


def attempt(path: Path) -> Submission | str:
    """The submission, or the sentence that refuses it."""
    try:
        return read_submission(path, EXPECTED)
    except BadSubmission as error:
        return str(error)


def refusal(path: Path) -> str:
    with pytest.raises(BadSubmission) as caught:
        read_submission(path, EXPECTED)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message
