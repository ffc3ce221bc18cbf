"""Reads the files that the API answers with, and holds its JSON to the schemas that are published."""

import csv
import io
import json
from typing import Any

import jsonschema
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from schemas.export import texts


def fitting(answer: TestResponse, schema: str) -> dict[str, Any]:
    """The JSON of a 200, which fits the published schema."""
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json or {}
    described = json.loads(texts()[f"{schema}.schema.json"])
    jsonschema.Draft202012Validator(described, format_checker=jsonschema.FormatChecker()).validate(document)
    return document


def lines(answer: TestResponse) -> list[dict[str, str]]:
    """The lines of a CSV under its heading."""
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8"), answer.text
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def workbook(answer: TestResponse) -> Workbook:
    """The workbook."""
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return load_workbook(io.BytesIO(answer.get_data()))


def sheet_rows(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet under its heading."""
    heading, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]
