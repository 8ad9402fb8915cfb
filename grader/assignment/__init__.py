"""Finds assignments, loads them, and refuses bad ones with a sentence that names the file and the line."""

from grader.assignment.find import available, locate
from grader.assignment.load import load
from grader.assignment.manifest import MANIFEST, read_manifest

__all__ = ["MANIFEST", "available", "load", "locate", "read_manifest"]
