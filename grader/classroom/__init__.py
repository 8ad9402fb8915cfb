"""Grades a class: finds the submissions, runs them, writes each report the moment it exists."""

from grader.classroom.run import ClassResult, run_class, rung_for

__all__ = ["ClassResult", "run_class", "rung_for"]
