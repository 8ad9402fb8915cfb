"""The JSON form of a report: typed both ways, so that what is written can be read back, and nothing else can."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import msgspec

from grader.model import BadInput, Report, format_points
from grader.model.report import SCHEMA

_POINTS_PATTERN = r"^[0-9]{1,12}(\.[0-9]{1,3})?$"


def to_json(report: Report) -> bytes:
    """Indented JSON with a line end. Points are decimal strings, since a score is exact."""
    return msgspec.json.format(msgspec.json.encode(report, enc_hook=_encode), indent=2) + b"\n"


def from_json(data: bytes) -> Report:
    """The report that `to_json` wrote.

    Raises:
        BadInput: It is not one, or of another version.
    """
    try:
        report = msgspec.json.decode(data, type=Report, dec_hook=_decode)
    except msgspec.DecodeError as error:
        raise BadInput(f"this is not a report: {error}") from None
    if report.schema != SCHEMA:
        raise BadInput(f"this report is of version {report.schema!r}, and {SCHEMA!r} can be read")
    return report


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a report."""
    return msgspec.json.schema(Report, schema_hook=_schema)


def _encode(value: object) -> str:
    if isinstance(value, Fraction):
        return format_points(value)
    raise NotImplementedError(f"a report does not hold a {type(value).__name__}")


def _decode(kind: type, value: object) -> object:
    """Msgspec makes a ValidationError of a ValueError, and adds where in the report it is."""
    if kind is not Fraction:
        raise NotImplementedError(f"a report does not hold a {kind.__name__}")
    if not isinstance(value, str) or re.search(_POINTS_PATTERN, value) is None or value.endswith("\n"):
        raise ValueError(f'points are a decimal string such as "0.5", not {str(value)[:20]!r}')
    return Fraction(value)


def _schema(kind: type) -> dict[str, Any]:
    if kind is Fraction:
        return {"type": "string", "pattern": _POINTS_PATTERN, "description": "points, as a decimal"}
    raise NotImplementedError(f"a report does not hold a {kind.__name__}")
