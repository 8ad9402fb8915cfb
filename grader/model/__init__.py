"""The values that everything else passes on: what is graded, by what, and what came of it. All frozen."""

from grader.model.assignment import Assignment, Check, Limits, Manifest, Source, Submission
from grader.model.outcome import (
    BadAssignment,
    BadInput,
    BadSubmission,
    CheckFailed,
    Diagnosis,
    Feedback,
    Finding,
    NoAnswer,
    Outcome,
    Viewer,
    Visibility,
)
from grader.model.points import format_points, parse_points
from grader.model.report import Award, CellFailure, Evidence, Loading, Protection, Report, Result, Tally

__all__ = [
    "Assignment",
    "Award",
    "BadAssignment",
    "BadInput",
    "BadSubmission",
    "CellFailure",
    "Check",
    "CheckFailed",
    "Diagnosis",
    "Evidence",
    "Feedback",
    "Finding",
    "Limits",
    "Loading",
    "Manifest",
    "NoAnswer",
    "Outcome",
    "Protection",
    "Report",
    "Result",
    "Source",
    "Submission",
    "Tally",
    "Viewer",
    "Visibility",
    "format_points",
    "parse_points",
]
