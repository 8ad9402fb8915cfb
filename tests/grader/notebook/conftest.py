"""A course's kit in the current folder, and a session in it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.notebook.names import names_in
from grader.notebook.session import Ran, Session
from tests.support import write_assignment

CHECKS = '''
from grader import assert_close, check

@check(points=1)
def affine_forward(student, draw):
    """The affine layer, forward: xW + b."""
    assert_close(student.affine(2.0, 3.0, 1.0), 7.0)

@check(points=1)
def affine_backward(student, draw):
    """The affine layer, backward."""
    assert_close(student.affine_grad(2.0, 3.0), (3.0, 2.0, 1.0))

@check(points=1, visibility="hidden")
def secret(student, draw):
    """What nobody may see."""
    assert_close(student.affine(0.0, 0.0, 0.0), 0.0)
'''
TOML = """
[limits]
wall_seconds = 5.0
cpu_seconds = 10.0
load_seconds = 10.0
cell_seconds = 5.0

[feedback]
before_due = "full"
after_due = "full"
"""
FORWARD = "def affine(x, W, b):\n    return x * W + b"
BACKWARD = "def affine_grad(x, W):\n    return W, x, 1.0"
WRONG = "def affine_grad(x, W):\n    return x, W, 1.0"


@pytest.fixture
def kit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with an assignment and no notebook yet."""
    folder = write_assignment(tmp_path / "kit", checks=CHECKS, toml=TOML)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    return folder


def save(folder: Path, *cells: str, name: str = "work.ipynb") -> Path:
    """Save a notebook of these code cells."""
    path = folder / name
    written = [{"cell_type": "code", "source": text} for text in cells]
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": written}), "utf-8")
    return path


def session(*texts: str) -> Session:
    """Cells that were run one after another, and have bound what they show."""
    names = frozenset[str]().union(*(names_in(text).binds for text in texts))
    return Session(tuple(Ran(number, text) for number, text in enumerate(texts, 1)), names)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """`run(*cells)` is what the session has run so far."""
    module = importlib.import_module("grader.notebook.check")

    def now(*texts: str) -> None:
        monkeypatch.setattr(module, "this_session", lambda: session(*texts))

    yield now
    module._kept.forget()
