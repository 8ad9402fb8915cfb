"""Tests an assignment before students see it: solution, starter, known-wrong solutions, over many seeds."""

from grader.validate.calibrate import Calibrated, calibrate
from grader.validate.found import Problem, Subject, Validation
from grader.validate.mutants import Mutant, read_mutants
from grader.validate.run import validate

__all__ = ["Calibrated", "Mutant", "Problem", "Subject", "Validation", "calibrate", "read_mutants", "validate"]
