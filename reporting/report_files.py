"""A report as a file: which forms there are, how much each may hold, and its bytes."""

from collections.abc import Mapping
from io import BytesIO
from typing import Literal

from reporting.report import Report
from reporting.report_annex import MOST_PRINTED
from reporting.report_document import document
from reporting.report_html import html
from reporting.report_pdf import pages, pdf
from reporting.report_xlsx import MOST_TABULATED, xlsx
from reporting.tables_xlsx import CONTENT_TYPE as XLSX
from reporting.words import Words

ReportForm = Literal["pdf", "html", "xlsx"]
FORMS: Mapping[ReportForm, str] = {"pdf": "application/pdf", "html": "text/html; charset=utf-8", "xlsx": XLSX}
"""Form → content type."""

MOST_QUOTED = 300
"""Suggestions that are printed; the workbook has room for the rest."""


def most_suggestions(form: ReportForm) -> int:
    """How many suggestions a report in this form holds."""
    return MOST_TABULATED if form == "xlsx" else MOST_QUOTED


def most_rows(form: ReportForm) -> int:
    """How many rows of the tabulation a report in this form holds; with more it holds none and says where they are."""
    return MOST_TABULATED if form == "xlsx" else MOST_PRINTED


def render(report: Report, words: Words, form: ReportForm) -> bytes:
    """The report as a file's bytes; the same report gives the same bytes."""
    if form == "xlsx":
        target = BytesIO()
        xlsx(report, words, target)
        return target.getvalue()
    laid_out = document(report, words)
    return pdf(laid_out, report.made_at) if form == "pdf" else html(laid_out).encode()


def page_pictures(report: Report, words: Words, ppi: float = 96) -> list[bytes]:
    """The printed pages as PNG pictures, for a presentation or a web page."""
    return pages(document(report, words), ppi)


def file_name(report: Report, words: Words, form: str) -> str:
    """What to call the file: laporan-ult-jatim-2026-Q4.pdf."""
    label = report.period.label.replace("/", "_").replace(":", "")
    return f"{words('file.report')}-{report.unit}-{label}.{form}"
