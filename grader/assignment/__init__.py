"""Finds assignments, loads them, and refuses bad ones with a sentence that names the file and the line."""

from grader.assignment.files import compiled, read_text, shown
from grader.assignment.find import available, each, locate
from grader.assignment.load import MUTANTS, SOLUTION, declared_at, load
from grader.assignment.manifest import MANIFEST, read_manifest

__all__ = [
    "MANIFEST",
    "MUTANTS",
    "SOLUTION",
    "available",
    "compiled",
    "declared_at",
    "each",
    "load",
    "locate",
    "read_manifest",
    "read_text",
    "shown",
]
