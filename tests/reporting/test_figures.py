"""Figures read for publication: expected groups, whole periods, and closed periods as they were closed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest

from readmodel.closings import close_period
from readmodel.database import reading
from reporting.figure_groups import Grouping
from reporting.figures import Figure, TooManyFigures, Wanted, population_of, read_figures
from satisfaction.periods import Period, between, parse_period, split
from satisfaction.tally import Tally
from schemas.catalog import Catalog
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import CATALOG, JAYAPURA, MAKASSAR, Office, put_catalog, settings_in

JANUARY = datetime(2027, 1, 5, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = settings_in(tmp_path)
    put_catalog(settings)
    opened = Office(settings)
    yield opened
    opened.close()


def quarter(zone: tzinfo) -> Sequence[Period]:
    """The last quarter of 2026."""
    return [parse_period("2026-Q4", zone)]


BY_SERVICE: tuple[Grouping, ...] = ("service",)
BY_SEX: tuple[Grouping, ...] = ("sex",)
BY_ELEMENT: tuple[Grouping, ...] = ("element",)
WANTED = Wanted(units=[MAKASSAR], periods=quarter, instrument="smiley@1")


def read(office: Office, wanted: Wanted) -> list[Figure]:
    """The figures."""
    with reading(office.context.engine) as connection:
        return read_figures(connection, CATALOG, wanted)


def close(office: Office, *, revise: bool = False) -> None:
    """Close the quarter."""
    close_period(office.context.engine, "ult-makassar", "2026-Q4", by="Tim mutu", now=JANUARY, revise=revise)


def test_units_come_in_the_order_asked_for_though_their_clocks_differ(office: Office) -> None:
    figures = read(office, replace(WANTED, units=[JAYAPURA, MAKASSAR]))
    assert [(figure.unit, str(figure.period.start)) for figure in figures] == [
        ("ult-jayapura", "2026-10-01 00:00:00+09:00"),
        ("ult-makassar", "2026-10-01 00:00:00+08:00"),
    ]


def test_a_closed_period_keeps_its_figures_and_tells_what_came_late(office: Office) -> None:
    count(office, response("2026-11-20T09:00+08:00", {"kepuasan": 4}))
    close(office)
    count(office, response("2026-11-20T10:00+08:00", {"kepuasan": 1}), now_ms=1)
    (figure,) = read(office, WANTED)
    assert figure.closing is not None
    assert (figure.included.responses, figure.closing.revision, figure.closing.late) == (1, 1, 1)
    (live,) = read(office, replace(WANTED, live=True))
    assert (live.included.responses, live.closing) == (2, None)


def test_a_revision_counts_what_came_late(office: Office) -> None:
    count(office, response("2026-11-20T09:00+08:00", {"kepuasan": 4}))
    close(office)
    count(office, response("2026-11-20T10:00+08:00", {"kepuasan": 1}), now_ms=1)
    close(office, revise=True)
    (figure,) = read(office, WANTED)
    assert figure.closing is not None
    assert (figure.included.responses, figure.closing.revision, figure.closing.late) == (2, 2, 0)


def test_services_touchpoints_and_respondents_of_a_closed_period_are_as_closed_too(office: Office) -> None:
    first = response("2026-11-20T09:00+08:00", {"kepuasan": 4})
    count(office, replace(first, respondent={"sex": "female"}), response("2026-11-20T09:00+08:00", {"kepuasan": 3}))
    close(office)
    count(
        office,
        replace(response("2026-11-20T09:00+08:00", {"kepuasan": 1}), respondent={"sex": "female"}),
        response("2026-11-20T09:00+08:00", {"kepuasan": 1}, service="konsultasi", touchpoint="kiosk-1"),
        now_ms=1,
    )
    by_service = {figure.service: figure for figure in read(office, replace(WANTED, group_by=BY_SERVICE))}
    assert [by_service[name].included.responses for name in ("legalisasi", "konsultasi")] == [2, 0]
    assert [figure.closing.late for figure in by_service.values() if figure.closing] == [1, 1]
    (kiosk,) = read(office, replace(WANTED, touchpoint="kiosk-1"))
    assert (kiosk.included.responses, kiosk.closing.late if kiosk.closing else None) == (2, 2)
    by_sex = {figure.respondent["sex"]: figure for figure in read(office, replace(WANTED, group_by=BY_SEX))}
    assert {said: figure.included.responses for said, figure in by_sex.items()} == {"female": 1, "": 1}


def test_a_longer_period_takes_closed_months_as_closed_and_the_others_as_counted_now(office: Office) -> None:
    count(
        office, response("2026-11-20T09:00+08:00", {"kepuasan": 4}), response("2026-09-20T09:00+08:00", {"kepuasan": 4})
    )
    close(office)
    count(
        office,
        response("2026-11-20T10:00+08:00", {"kepuasan": 1}),
        response("2026-09-20T10:00+08:00", {"kepuasan": 2}),
        response("2026-09-20T10:00+08:00", {"kepuasan": 2}, service="konsultasi"),
        now_ms=1,
    )
    (year,) = read(office, replace(WANTED, periods=lambda zone: [parse_period("2026", zone)]))
    assert (year.included.answers, year.closing) == ({"kepuasan": {4: 2, 2: 2}}, None)
    by_service = read(office, replace(WANTED, periods=lambda zone: [parse_period("2026", zone)], group_by=BY_SERVICE))
    assert [figure.included.responses for figure in by_service] == [3, 1]
    months = split(parse_period("2026", MAKASSAR.zone), "month", MAKASSAR.zone)
    by_month = read(office, replace(WANTED, periods=lambda _zone: months))
    assert [figure.included.responses for figure in by_month] == [0] * 8 + [3, 0, 1, 0]
    (day,) = read(office, replace(WANTED, periods=lambda zone: [parse_period("2026-11-20", zone)]))
    assert day.included.responses == 2


def test_what_no_closing_holds_is_as_counted_now_and_names_none(office: Office) -> None:
    count(office, response("2026-11-20T09:00+08:00", {"kepuasan": 4}))
    close(office)
    count(office, response("2026-11-20T10:00+08:00", {"kepuasan": 1}), now_ms=1)
    (two_cuts,) = read(office, replace(WANTED, touchpoint="kiosk-1", channel="kiosk"))
    assert (two_cuts.included.responses, two_cuts.closing) == (2, None)
    part = replace(WANTED, periods=lambda zone: split(between("2026-11-02", "2026-11-30", zone), "quarter", zone))
    (cut_short,) = read(office, part)
    assert (cut_short.period.label, cut_short.included.responses, cut_short.closing) == ("2026-Q4", 2, None)


def test_each_element_of_a_questionnaire_is_a_figure_of_the_same_counts(office: Office) -> None:
    count(office, response("2026-11-20T09:00+08:00", {"waktu": 4}, instrument="skm-2017@1"))
    wanted = replace(WANTED, instrument="skm-2017@1", group_by=BY_ELEMENT)
    figures = read(office, wanted)
    assert len(figures) == 9
    assert {figure.included.responses for figure in figures} == {1}


def test_too_many_figures_are_refused_before_they_are_made(office: Office) -> None:
    with pytest.raises(TooManyFigures, match="2 figures"):
        read(office, replace(WANTED, group_by=BY_SERVICE, most=1))


def test_people_served_are_known_for_whole_periods_of_units_and_services_alone() -> None:
    legalisasi = replace(MAKASSAR.services[0], served={"2026-Q4": 50})
    catalog = Catalog((replace(MAKASSAR, services=(legalisasi,), served={"2026-Q4": 90}),))
    whole = quarter(MAKASSAR.zone)[0]
    figure = Figure(
        unit="ult-makassar",
        instrument="smiley@1",
        service=None,
        touchpoint=None,
        channel=None,
        respondent={},
        element=None,
        period=whole,
        included=Tally(),
        excluded=Tally(),
    )
    assert population_of(catalog, figure) == 90
    assert population_of(catalog, replace(figure, service="legalisasi")) == 50
    assert population_of(catalog, replace(figure, service="konsultasi")) is None
    assert population_of(catalog, replace(figure, channel="qr")) is None
    assert population_of(catalog, replace(figure, respondent={"sex": "female"})) is None
    assert population_of(catalog, replace(figure, period=replace(whole, end=JANUARY))) is None
