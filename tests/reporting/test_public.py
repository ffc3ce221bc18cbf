"""Public figures from a real read model: what may be asked, what a row holds, which closing made it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from readmodel.closings import close_period
from readmodel.database import reading
from reporting.public import NotPublic, PublicInterval, PublicRow, public_labels, public_rows, public_year
from satisfaction.instruments import instrument
from satisfaction.periods import BadPeriod
from schemas.catalog import Catalog
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import JAYAPURA, MAKASSAR, TUTUP, Office, put_catalog, settings_in

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
PUBLIC = Catalog((replace(MAKASSAR, public="services"), replace(JAYAPURA, public="unit"), TUTUP))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = settings_in(tmp_path)
    put_catalog(settings, PUBLIC)
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    yield opened
    opened.close()


def taps(office: Office, month: str, answer: int, number: int, **changes: Any) -> None:
    """Count that many taps on one face."""
    count(office, *(response(f"{month}-10T09:00+08:00", {"kepuasan": answer}, **changes) for _ in range(number)))


def rows(office: Office, unit: str = "ult-makassar", **asked: Any) -> list[PublicRow]:
    with reading(office.context.engine) as connection:
        return public_rows(connection, PUBLIC, unit, now=NOW, **({"instrument": "smiley@1"} | asked))


def test_a_row_is_the_pooled_figure_of_its_period(office: Office) -> None:
    taps(office, "2026-10", 4, 20)
    taps(office, "2026-11", 2, 20, service="konsultasi")
    taps(office, "2026-11", 1, 2, included=False)
    (row,) = rows(office)
    assert (row.period.label, row.n, row.excluded, row.running) == ("2026-Q4", 40, 2, True)
    assert row.measure is not None
    assert (row.measure.ikm, row.measure.csat and row.measure.csat.percent) == (Decimal("75.00"), Decimal("50.00"))
    assert row.elements[0].distribution == {1: 0, 2: 20, 3: 0, 4: 20}


def test_a_row_that_is_held_back_holds_nothing(office: Office) -> None:
    taps(office, "2026-10", 4, 9)
    (row,) = rows(office)
    assert (row.n, row.excluded, row.measure, row.closing, row.suppressed) == (None, None, None, None, True)
    assert {(one.n, one.nrr, one.weighted, one.band, one.distribution) for one in row.elements} == {(None,) * 5}


def test_a_rare_answer_hides_the_distribution_and_what_would_tell_it(office: Office) -> None:
    taps(office, "2026-10", 4, 30)
    taps(office, "2026-10", 1, 2)
    (row,) = rows(office, period="2026-10")
    assert row.measure is not None
    assert (row.n, row.measure.ikm) == (32, Decimal("95.31"))
    assert (row.elements[0].n, row.elements[0].distribution, row.measure.elements[0].distribution) == (32, None, {})
    assert row.measure.interval is None


def test_a_closed_period_is_shown_as_it_was_closed_until_a_revision(office: Office) -> None:
    taps(office, "2026-08", 4, 12)
    close_period(office.context.engine, "ult-makassar", "2026-Q3", by="kepala", now=NOW)
    taps(office, "2026-08", 1, 12)
    (quarter,), (year,) = rows(office, period="2026-Q3"), rows(office, period="2026")
    assert (quarter.n, year.n) == (12, 12)
    assert quarter.closing is not None
    assert (quarter.closing.revision, quarter.closing.late, year.closing) == (1, None, None)
    close_period(office.context.engine, "ult-makassar", "2026-Q3", by="kepala", now=NOW, revise=True)
    (quarter,) = rows(office, period="2026-Q3")
    assert quarter.closing is not None
    assert (quarter.n, quarter.closing.revision) == (24, 2)


def test_a_closed_month_and_its_closed_quarter_agree(office: Office) -> None:
    taps(office, "2026-08", 4, 12)
    close_period(office.context.engine, "ult-makassar", "2026-Q3", by="kepala", now=NOW)
    taps(office, "2026-08", 1, 12)
    close_period(office.context.engine, "ult-makassar", "2026-08", by="kepala", now=NOW, revise=True)
    (quarter,), (month,) = rows(office, period="2026-Q3"), rows(office, period="2026-08")
    assert (quarter.n, month.n) == (24, 24)
    assert quarter.closing is not None
    assert month.closing is not None
    assert (quarter.closing.revision, month.closing.revision) == (2, 1)


def test_a_closed_figure_is_public_under_the_weights_it_was_closed_with(office: Office) -> None:
    answers = {element.key: 4 for element in instrument("skm-2017@1").elements}
    count(office, *(response("2026-08-10T09:00+08:00", answers, instrument="skm-2017@1") for _ in range(12)))
    close_period(office.context.engine, "ult-makassar", "2026-Q3", by="kepala", now=NOW, weights="0.11")
    found = [
        rows(office, instrument="skm-2017@1", period="2026-Q3", **asked)[0].measure
        for asked in ({}, {"weights": "exact"})
    ]
    assert [(one.weights, one.ikm) for one in found if one] == [("0.11", Decimal("99.00")), ("exact", Decimal(100))]


def test_todays_answers_are_public_tomorrow(office: Office) -> None:
    taps(office, "2026-11", 4, 12)
    tomorrow = datetime.fromisoformat("2026-11-11T00:00+08:00")
    with reading(office.context.engine) as connection:
        (before,), (after,) = (
            public_rows(connection, PUBLIC, "ult-makassar", now=at, period="2026-11", instrument="smiley@1")
            for at in (tomorrow - timedelta(minutes=1), tomorrow)
        )
    assert (before.n, after.n) == (0, 12)


def test_respondents_are_counted_by_value_and_rare_ones_held_back_with_another(office: Office) -> None:
    for sex, number in (("female", 30), ("male", 20), (None, 3)):
        said = {} if sex is None else {"sex": sex}
        one = [response("2026-10-10T09:00+08:00", {"kepuasan": 4}) for _ in range(number)]
        count(office, *(replace(each, respondent=said) for each in one))
    with reading(office.context.engine) as connection:
        year = public_year(connection, PUBLIC, "ult-makassar", "2026", NOW)
    assert year.respondents("smiley@1", "sex", "2026").values == {"female": 30, "male": None, "": None}


@pytest.mark.parametrize(
    ("unit", "asked", "what"),
    [
        ("tutup", {}, "unit"),
        ("nirgends", {}, "unit"),
        ("ult-jayapura", {"by_service": True}, "service"),
        ("ult-jayapura", {"service": "legalisasi"}, "service"),
        ("ult-makassar", {"period": "2026-W10"}, "period"),
        ("ult-makassar", {"period": "2026-10-10"}, "period"),
    ],
)
def test_what_is_not_public_is_refused(office: Office, unit: str, asked: dict[str, Any], what: str) -> None:
    with pytest.raises(NotPublic) as refused:
        rows(office, unit, **asked)
    assert refused.value.what == what


def test_an_interval_cuts_a_longer_period_and_leaves_a_shorter_one_whole() -> None:
    asked: list[tuple[str, PublicInterval]] = [
        ("2026", "semester"),
        ("2026-S2", "quarter"),
        ("2026-Q3", "month"),
        ("2026-07", "year"),
    ]
    assert [public_labels(MAKASSAR, NOW, period, interval) for period, interval in asked] == [
        ("2026-S1", "2026-S2"),
        ("2026-Q3", "2026-Q4"),
        ("2026-07", "2026-08", "2026-09"),
        ("2026-07",),
    ]
    with pytest.raises(BadPeriod):
        public_labels(MAKASSAR, NOW, "besok")
