"""Reports as files: complete in themselves, the same each time, readable by everybody."""

import base64
import hashlib
import io
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import openpyxl
import pytest

from reporting.printable import _COVERED, printable
from reporting.report_files import FORMS, ReportForm, render
from reporting.report_html import policy
from reporting.typesetting import typeset
from reporting.words import LANGUAGES, Words
from satisfaction.instruments import Language
from tests.reporting.report_samples import LONG_UNIT, MADE, SAID, report

EARLIER = {"2026-Q2": 40, "2026-Q3": 60}
HOSTILE = '=HYPERLINK("http://evil") <script>alert(1)</script> #panic() $x$ *b* _i_ @ref 👍🏽 ꦩꦠ \u200b'


class Page(HTMLParser):
    """Tags with their attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for each, attributes in self.tags if each == tag]


def page(n: int = 120, language: Language = "id", **changes: Any) -> tuple[str, Page]:
    text = render(report(n, earlier=EARLIER, **changes), Words(language), "html").decode()
    return text, Page(text)


def workbook(n: int = 120, **changes: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(render(report(n, earlier=EARLIER, **changes), Words("id"), "xlsx")))


@pytest.mark.parametrize("form", FORMS)
def test_the_same_report_gives_the_same_bytes(form: ReportForm) -> None:
    first, second = (render(report(12, earlier=EARLIER), Words("id"), form) for _ in range(2))
    assert hashlib.sha256(first).hexdigest() == hashlib.sha256(second).hexdigest()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("instrument", ["skm-2017@1", "spak@1", "nps@1", "smiley@1"])
def test_a_pdf_is_made_of_every_questionnaire_in_both_languages(language: Language, instrument: str) -> None:
    made = render(report(40, instrument, unit_name=LONG_UNIT, earlier=EARLIER), Words(language), "pdf")
    assert made.startswith(b"%PDF-1.7")
    assert len(made) < 2_000_000


@pytest.mark.parametrize("form", FORMS)
def test_names_and_comments_of_strangers_stay_text(form: ReportForm) -> None:
    assert render(report(12, unit_name=HOSTILE), Words("id"), form)


def test_every_character_left_as_it_is_has_a_glyph_in_the_pdf() -> None:
    signs = [chr(code) for first, last in _COVERED for code in range(first, last + 1)]
    kept = "".join(sign for sign in signs if printable(sign, "x") == sign)
    assert len(kept) > 1500
    poster = {"language": "en", "title": kept, "unit": "u", "period": "p", "name": "n", "long_name": "l"}
    empty = dict.fromkeys(("figure", "hidden", "band_title", "interval", "respondents_title", "respondents"), "")
    rest: dict[str, Any] = {
        "band": None,
        "groups": [],
        "services": [],
        "services_title": "",
        "status": "",
        "thanks": "",
    }
    inputs = {"poster": poster | empty | rest | {"scan": "", "address": "", "qr": ""}, "size": "a3"}
    assert typeset("poster.typ", inputs, "en", MADE).startswith(b"%PDF")  # PDF/UA refuses a missing glyph


def test_the_page_asks_nothing_of_anybody() -> None:
    text, found = page()
    addresses = [
        value for _tag, attributes in found.tags for name, value in attributes.items() if name in ("src", "href")
    ]
    assert all(value and value.startswith(("#", "data:")) for value in addresses)
    assert found.all("script") == []
    assert "url(" not in text.split("</style>")[0]
    style = text.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy()
    assert not any("style" in attributes for _tag, attributes in found.tags)


def test_the_page_is_made_for_screen_readers() -> None:
    _text, found = page(language="en")
    assert found.all("html")[0]["lang"] == "en"
    assert all(image["alt"] for image in found.all("img"))
    assert len(found.all("caption")) == len(found.all("table"))
    assert all(heading["scope"] == "col" for heading in found.all("th"))
    levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    identifiers = [attributes["id"] for _tag, attributes in found.tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    targets = [(link["href"] or "").removeprefix("#") for link in found.all("a")]
    assert set(targets) <= set(identifiers)


def test_the_page_without_the_right_to_export_has_nobodys_words() -> None:
    shown, _ = page()
    hidden, _ = page(allowed=False)
    assert SAID[0] in shown
    assert not any(said in hidden for said in SAID)


def test_the_workbook_holds_numbers_as_numbers_and_draws_charts() -> None:
    book = workbook()
    assert book.sheetnames == [
        "Ringkasan",
        "Unsur",
        "Sebaran",
        "Grafik",
        "Layanan",
        "Responden",
        "Perkembangan",
        "Tindak lanjut",
        "Saran",
        "Kuesioner",
        "Tabulasi",
    ]
    found = report(120).measure
    first = [cell.value for cell in book["Unsur"][2]]
    assert first[:4] == ["U1", "Persyaratan", found.elements[0].n, float(found.elements[0].nrr or 0)]
    assert [cell.value for cell in book["Unsur"][12]][4] == float(found.ikm or 0)
    summary = {name.value: value for name, value in book["Ringkasan"].iter_rows(max_col=2)}
    assert (summary["IKM"].value, summary["IKM"].number_format) == (float(found.ikm or 0), "0.00")
    assert summary["Jumlah responden"].value == found.n
    assert len(book["Sebaran"]._charts) == 1
    assert len(book["Grafik"]._charts) == 2
    assert book["Tabulasi"].max_row == 121


def test_the_workbook_without_the_right_to_export_has_neither_words_nor_rows() -> None:
    assert {"Saran", "Tabulasi"}.isdisjoint(workbook(allowed=False).sheetnames)


def test_a_workbook_of_no_responses_opens() -> None:
    assert workbook(0)["Unsur"]["D2"].value is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Pelayanan bagus — “sekali”, 100% ≥ 90 €", "Pelayanan bagus — “sekali”, 100% ≥ 90 €"),
        ("Jempol 👍🏽!", "Jempol [thumbs up sign]!"),
        ("你好 世界", "[huruf lain]"),
        ("a\u202eb\u200dc\x07d\te", "abc d e"),
        ("dua\r\nbaris", "dua\nbaris"),
        ("e\u0301", "é"),
    ],
)
def test_text_is_printed_or_told_never_boxed(text: str, shown: str) -> None:
    assert printable(text, "huruf lain") == shown
