"""Reading a report: its figures are those of the read model, or of the closing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from readmodel.closings import close_period
from readmodel.database import open_database, reading
from reporting.report import Report
from reporting.report_conclusion import trend_state
from reporting.report_reading import NotReportable, Options, read_report
from reporting.words import Words
from satisfaction.index import measure
from satisfaction.instruments import instruments
from satisfaction.periods import parse_period
from tests.reporting.report_database import CATALOG, SKM, UNIT, filled, project, responses
from tests.reporting.report_samples import SAID, rows, tally

NOW = datetime(2027, 1, 4, 1, 30, tzinfo=UTC)
EVERYTHING = Options(now=NOW, suggestions=100, rows=1000)
INSTRUMENT = instruments()[SKM]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{tmp_path / 'puas.db'}")
    yield opened
    opened.dispose()


def report(engine: Engine, options: Options = EVERYTHING, label: str = "2026-Q4") -> Report:
    with reading(engine) as conn:
        return read_report(conn, CATALOG, UNIT, parse_period(label, UNIT.zone), options)


def test_the_figures_are_those_of_the_responses_counted(engine: Engine) -> None:
    all_rows = filled(engine)
    included = [row for row in all_rows if row.included]
    found = report(engine)
    assert found.measure == measure(INSTRUMENT, tally(included, INSTRUMENT), None, 2400)
    assert found.with_excluded == measure(INSTRUMENT, tally(all_rows, INSTRUMENT))
    assert (found.excluded, found.population, found.needed) == (len(all_rows) - len(included), 2400, 331)
    assert found.parent_name == "Direktorat Jenderal"


def test_every_service_has_its_own_figure_and_the_unit_is_not_their_mean(engine: Engine) -> None:
    all_rows = filled(engine)
    found = report(engine)
    assert [one.id for one in found.services] == ["s0", "s1", "s2"]
    for one in found.services:
        own = [row for row in all_rows if row.included and row.service == one.name]
        assert one.measure == measure(INSTRUMENT, tally(own, INSTRUMENT))
    assert sum(one.measure.n for one in found.services) == found.n


def test_a_report_of_one_service_counts_that_alone(engine: Engine) -> None:
    filled(engine)
    found = report(engine, replace(EVERYTHING, service="s1"))
    whole = report(engine)
    assert found.measure == whole.services[1].measure
    assert found.service_name == whole.services[1].name
    assert [one.id for one in found.services] == ["s1"]
    assert found.rows is not None
    assert {row.service for row in found.rows} == {found.service_name}
    assert found.population is None


def test_the_profile_counts_included_respondents(engine: Engine) -> None:
    included = [row for row in filled(engine) if row.included]
    (sex,) = [field for field in report(engine).profile if field.name == "sex"]
    told = [row.respondent.get("sex", "") for row in included]
    assert sex.counts == {value: told.count(value) for value in ("female", "male", "")}


def test_the_trend_begins_with_the_first_period_that_was_answered(engine: Engine) -> None:
    filled(engine)
    found = report(engine)
    assert [point.period.label for point in found.trend] == ["2026-Q3", "2026-Q4"]
    assert found.trend[-1].measure == found.measure
    assert [point.period.label for point in report(engine, label="2027-Q1").trend] == ["2026-Q3", "2026-Q4", "2027-Q1"]


def test_suggestions_are_the_newest_of_included_responses(engine: Engine) -> None:
    stored = responses(filled(engine, 150))
    assert any(one.comment and not one.included for one in stored)
    wanted = [one for one in stored if one.included and one.comment]
    found = report(engine, replace(EVERYTHING, suggestions=2))
    assert found.suggestions_total == len(wanted) > 2
    assert [one.text for one in found.suggestions or ()] == [one.comment for one in reversed(wanted[-2:])]
    assert set(SAID) >= {one.text for one in found.suggestions or ()}


def test_the_tabulation_is_whole_or_absent(engine: Engine) -> None:
    all_rows = filled(engine)
    found = report(engine)
    assert found.rows is not None
    assert [(row.answers, row.included) for row in found.rows] == [(row.answers, row.included) for row in all_rows]
    few = report(engine, replace(EVERYTHING, rows=59))
    assert (few.rows, few.rows_total) == ((), 60)


def test_a_reader_without_the_right_is_given_neither_words_nor_rows(engine: Engine) -> None:
    filled(engine)
    found = report(engine, Options(now=NOW))
    assert (found.suggestions, found.rows, found.suggestions_total) == (None, None, 0)


def test_a_closed_period_is_reported_as_closed_whatever_arrives_later(engine: Engine) -> None:
    filled(engine)
    before = report(engine)
    (closing,) = close_period(engine, UNIT.id, "2026-Q4", by="test", now=NOW)
    late = [replace(row, at=row.at + timedelta(days=1)) for row in rows(9, INSTRUMENT, 77)]
    project(engine, responses(late, 1000))
    closed, live = report(engine), report(engine, replace(EVERYTHING, live=True))
    assert closed.measure == before.measure
    assert closed.rows == before.rows
    assert closed.suggestions == before.suggestions
    assert closed.profile == before.profile
    assert (closed.origin.revision, closed.origin.digest, closed.origin.late) == (1, closing.digest, 9)
    assert closed.origin.positions == closing.positions
    assert closed.trend[-1].closed
    assert (live.n, live.origin.revision, live.origin.departs_from) == (before.n + 9, None, 1)
    assert live.rows_total == 69


def test_a_closed_period_keeps_the_weights_it_was_closed_under(engine: Engine) -> None:
    filled(engine)
    close_period(engine, UNIT.id, "2026-Q4", by="test", now=NOW, weights="0.11")
    assert report(engine).measure.weights == "0.11"
    assert report(engine, replace(EVERYTHING, weights="exact")).measure.weights == "exact"


def test_the_trend_tells_what_was_published_where_the_weights_differ(engine: Engine) -> None:
    filled(engine)
    close_period(engine, UNIT.id, "2026-Q4", by="test", now=NOW, weights="0.11")
    assert report(engine).trend[-1].published is None
    anew = report(engine, replace(EVERYTHING, weights="exact")).trend[-1]
    assert anew.published is not None
    assert (anew.measure.weights, anew.published.weights) == ("exact", "0.11")
    words = Words("id")
    ikm = words.number(anew.published.ikm, 2)
    assert trend_state(words, INSTRUMENT, anew) == f"dibekukan; terbit {ikm} (bobot 0,11)"


def test_a_period_without_responses_is_a_report_of_nothing(engine: Engine) -> None:
    filled(engine, 0, 0)
    found = report(engine)
    assert (found.n, found.measure.ikm, found.rows, found.rows_total) == (0, None, (), 0)
    assert [one.measure.n for one in found.services] == [0, 0, 0]
    assert len(found.trend) == 1


def test_another_questionnaire_is_never_mixed_in(engine: Engine) -> None:
    filled(engine)
    smiley = instruments()["smiley@1"]
    project(engine, responses(rows(20, smiley), 2000, "smiley@1"))
    assert report(engine).rows_total == 60
    assert report(engine, replace(EVERYTHING, instrument="smiley@1")).rows_total == 20


@pytest.mark.parametrize(
    ("options", "field", "code"),
    [
        (replace(EVERYTHING, service="paspor"), "service", "unknown_service"),
        (replace(EVERYTHING, instrument="paspor@1"), "instrument", "unknown_instrument"),
        (replace(EVERYTHING, instrument="smiley@1", weights="0.11"), "weights", "not_for_instrument"),
    ],
)
def test_what_is_not_there_is_refused_by_name(engine: Engine, options: Options, field: str, code: str) -> None:
    filled(engine, 0, 0)
    with pytest.raises(NotReportable) as refused:
        report(engine, options)
    assert (refused.value.field, refused.value.code) == (field, code)
