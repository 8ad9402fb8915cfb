"""The JSON form: documented, versioned, typed."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from grader.model import BadInput
from grader.reports import from_json, json_schema, to_json
from tests.grader.reports.test_view import ALL
from tests.support import ROOT


def changed(**fields: Any) -> bytes:
    return json.dumps(json.loads(to_json(ALL)) | fields).encode()


def test_points_are_decimal_strings() -> None:
    assert json.loads(to_json(ALL))["results"][0]["points"] == "2"


def with_points(points: object) -> bytes:
    whole = json.loads(to_json(ALL))
    whole["results"][0]["points"] = points
    return json.dumps(whole).encode()


@pytest.mark.parametrize("points", ["1/3", "-1", "1e3", "", " 1", "1\n", "٣", "0.1234", "9" * 5000, 2, 0.5, None, [1]])
def test_points_are_decimals_as_the_schema_says(points: object) -> None:
    with pytest.raises(BadInput, match="not a report"):
        from_json(with_points(points))


@pytest.mark.parametrize("points", ["0", "2", "0.5", "12.125", "1000000"])
def test_decimals_are_read_back(points: str) -> None:
    assert from_json(with_points(points)).results[0].points == Fraction(points)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a report"),
        (b"{}", "not a report"),
        (b"[1]", "not a report"),
        (b"\xff", "not a report"),
        (changed(results=[{"check": "a"}]), "not a report"),
        (changed(viewer="principal"), "not a report"),
        (changed(schema="gradgrader/report/v9"), "version 'gradgrader/report/v9'"),
    ],
)
def test_what_is_no_report_is_refused_in_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        from_json(data)


def test_every_field_is_documented() -> None:
    documented = (ROOT / "docs/report.md").read_text(encoding="utf-8")
    schema = json_schema()
    for name, part in schema["$defs"].items():
        for field in part.get("properties", {}):
            assert f"`{field}`" in documented, f"{name}.{field} is not in docs/report.md"


def test_the_schema_describes_what_is_written() -> None:
    report = json_schema()["$defs"]["Report"]
    assert set(json.loads(to_json(ALL))) == set(report["properties"])
