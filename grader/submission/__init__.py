"""Finds and reads what students hand in: modules, notebooks, folders, zips. It parses, and never imports."""

from grader.submission.find import Found, find_submissions
from grader.submission.paths import read_path
from grader.submission.read import read_submission

__all__ = ["Found", "find_submissions", "read_path", "read_submission"]
