"""Finds, loads and begins assignments, and refuses bad ones with a sentence that names the file and the line."""

from grader.assignment.files import compiled, read_text, shown
from grader.assignment.find import available, each, locate
from grader.assignment.load import CHECKS, MUTANTS, PROBE, SOLUTION, STUBS, declared_at, load
from grader.assignment.manifest import MANIFEST, read_manifest
from grader.assignment.mutants import Mutant, mutant_files, read_mutant
from grader.assignment.new import write_new

__all__ = [
    "CHECKS",
    "MANIFEST",
    "MUTANTS",
    "PROBE",
    "SOLUTION",
    "STUBS",
    "Mutant",
    "available",
    "compiled",
    "declared_at",
    "each",
    "load",
    "locate",
    "mutant_files",
    "read_manifest",
    "read_mutant",
    "read_text",
    "shown",
    "write_new",
]
