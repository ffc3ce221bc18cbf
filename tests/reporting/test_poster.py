"""The poster: one page for a wall, with nothing on it that is held back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import Engine

from readmodel.closings import close_period
from readmodel.database import open_database, reading
from reporting.poster import MOST_SERVICES, SIZES, Poster, Size, document, poster, qr, read_poster
from reporting.public import NotPublic
from reporting.typesetting import pictures
from reporting.words import LANGUAGES, Words
from satisfaction.instruments import Language
from schemas.catalog import Catalog, Unit
from tests.reporting.report_database import UNIT, filled
from tests.reporting.report_samples import LONG_UNIT

NOW = datetime(2027, 1, 4, 1, 30, tzinfo=UTC)
ADDRESS = "https://puas.example.go.id/p/ult-makassar"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{tmp_path / 'puas.db'}")
    yield opened
    opened.dispose()


def made(engine: Engine, unit: Unit = UNIT, **asked: Any) -> Poster:
    with reading(engine) as conn:
        return read_poster(conn, Catalog((unit,)), unit, now=NOW, address=ADDRESS, **asked)


def pages(found: Poster, language: Language, size: Size) -> int:
    return len(pictures("poster.typ", {"poster": document(found, Words(language)), "size": size}, language, 20))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("n", [4, 300])
def test_a_poster_is_one_page_of_its_size(engine: Engine, size: Size, language: Language, n: int) -> None:
    filled(engine, n)
    found = replace(made(engine, period="2026-Q4"), unit_name=LONG_UNIT, services=("Layanan " * 20,) * 30)
    assert pages(found, language, size) == 1
    assert poster(found, Words(language), size).startswith(b"%PDF")


def test_it_shows_figure_letter_respondents_and_services(engine: Engine) -> None:
    filled(engine, 300)
    told = document(made(engine, period="2026-Q4"), Words("id"))
    assert (told["figure"], told["band"]["code"], told["respondents"]) != ("", "", "")
    assert told["title"] == "Hasil Survei Kepuasan Masyarakat (SKM)"
    assert told["period"] == "Triwulan IV Tahun 2026"
    assert [group["title"] for group in told["groups"]] == ["Jenis kelamin", "Pendidikan"]
    sex, education = ([row["name"] for row in group["rows"]] for group in told["groups"])
    assert sex == ["Perempuan", "Laki-laki", "Tidak disebutkan"]
    assert education == ["SD", "SMP", "SMA/SMK", "Diploma", "S1/D4", "S2", "S3", "Tidak disebutkan"]
    assert len(told["services"]) == 3


def test_few_respondents_show_no_figure_and_no_number(engine: Engine) -> None:
    filled(engine, 4, 0)
    told = document(made(engine, period="2026-Q4"), Words("id"))
    assert (told["figure"], told["band"], told["interval"]) == ("", None, "")
    assert told["hidden"] == "Belum ditampilkan: kurang dari 10 responden."
    assert all(row["count"] == "disamarkan" for group in told["groups"] for row in group["rows"])


def test_the_last_quarter_that_is_over_is_the_default(engine: Engine) -> None:
    filled(engine)
    assert made(engine).row.period.label == "2026-Q4"


def test_a_closed_period_says_its_revision(engine: Engine) -> None:
    filled(engine, 100)
    assert document(made(engine), Words("id"))["status"].startswith("Angka sementara")
    close_period(engine, UNIT.id, "2026-Q4", by="test", now=NOW)
    assert document(made(engine), Words("id"))["status"] == "Angka final, revisi 1."


def test_many_services_are_summed_up(engine: Engine) -> None:
    filled(engine)
    found = replace(made(engine), services=tuple(f"Layanan {at}" for at in range(20)))
    services = document(found, Words("id"))["services"]
    assert len(services) == MOST_SERVICES
    assert services[-1] == "dan 15 layanan lain"


def test_a_unit_that_is_not_public_has_no_poster(engine: Engine) -> None:
    filled(engine)
    with pytest.raises(NotPublic):
        made(engine, replace(UNIT, public="none"))


@pytest.mark.parametrize("period", ["2026-W50", "2026-12-24"])
def test_a_week_or_a_day_has_no_poster(engine: Engine, period: str) -> None:
    filled(engine)
    with pytest.raises(NotPublic):
        made(engine, period=period)


def test_a_questionnaire_that_nobody_asks_there_is_refused(engine: Engine) -> None:
    filled(engine)
    with pytest.raises(LookupError, match=r"nobody asks spak@1"):
        made(engine, instrument="spak@1")


def test_the_code_is_a_square_drawing_and_absent_without_an_address(engine: Engine) -> None:
    filled(engine)
    drawing = ElementTree.fromstring(qr(ADDRESS))  # noqa: S314 - our own drawing
    assert drawing.get("width") == drawing.get("height")
    assert document(replace(made(engine), address=None), Words("en"))["qr"] == ""
