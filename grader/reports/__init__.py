"""A report for somebody's eyes, in some format: each format is a function of a `Report`, and `view` cuts the report."""

from grader.reports.class_table import class_table
from grader.reports.json import from_json, json_schema, to_json
from grader.reports.text import failure_text, summary_text, to_text, write_text
from grader.reports.view import points_line, seen_by, viewer_at, worth_repeating

__all__ = [
    "class_table",
    "failure_text",
    "from_json",
    "json_schema",
    "points_line",
    "seen_by",
    "summary_text",
    "to_json",
    "to_text",
    "viewer_at",
    "worth_repeating",
    "write_text",
]
