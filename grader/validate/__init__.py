"""Tests an assignment before students see it: solution, starter, known-wrong solutions, over many seeds."""

from grader.validate.mutants import Mutant, read_mutants
from grader.validate.run import Validation, validate

__all__ = ["Mutant", "Validation", "read_mutants", "validate"]
