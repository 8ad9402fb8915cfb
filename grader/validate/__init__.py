"""Tests an assignment before students see it: solution, starter, known-wrong solutions, over many seeds."""

from grader.validate.found import Kinds, Problem, Subject, Validation
from grader.validate.mutants import read_mutants
from grader.validate.run import validate

__all__ = ["Kinds", "Problem", "Subject", "Validation", "read_mutants", "validate"]
