"""Award readiness: indices against their minima, surveys of the year, and where their results can be read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from readmodel.closings import close_period
from readmodel.database import reading, writing
from readmodel.postings import Posting, post
from readmodel.response import StoredResponse
from reporting.readiness import Readiness, read_readiness
from reporting.readiness_perceptions import PerceptionLine
from satisfaction.instruments import instrument
from satisfaction.periods import BadPeriod
from schemas.catalog import Catalog, Public
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import JAYAPURA, MAKASSAR, TUTUP, Office, put_catalog, settings_in

NOW = datetime(2027, 1, 5, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
OWN = {
    "id": "spak-kantor@1",
    "based_on": "spak@1",
    "name": {"id": "SPAK kantor", "en": "Our SPAK"},
}

WORDS = {"id": "Aplikasi", "en": "The app"}
NINE = {
    "id": "spkp-kantor@1",
    "based_on": "spkp@1",
    "name": {"id": "SPKP kantor", "en": "Our SPKP"},
    "elements": [{"key": "aplikasi", "code": "T1", "name": WORDS}],
    "questions": [{"key": "aplikasi", "element": "aplikasi", "optional": True, "text": WORDS}],
}


def catalog_of(public: Public = "none", **changes: object) -> Catalog:
    return Catalog((replace(MAKASSAR, public=public), JAYAPURA, TUTUP), **changes)  # type: ignore[arg-type]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = settings_in(tmp_path)
    put_catalog(settings, catalog_of())
    opened = Office(settings, NOW)
    yield opened
    opened.close()


def answered(
    instrument_id: str, month: str, four: int, three: int, unit: str = "ult-makassar", touchpoint: str = "kiosk-1"
) -> list[StoredResponse]:
    """Responses that gave every question a four, and some that gave every question a three."""
    keys = [question.key for question in instrument(instrument_id).questions]
    given = [dict.fromkeys(keys, 4)] * four + [dict.fromkeys(keys, 3)] * three
    return [
        response(f"{month}-10T09:00+08:00", one, instrument=instrument_id, unit=unit, touchpoint=touchpoint)
        for one in given
    ]


def one_lower(responses: list[StoredResponse]) -> list[StoredResponse]:
    """The same, but for one answer that is one lower."""
    first = responses[0]
    key = next(iter(first.answers))
    return [replace(first, answers={**first.answers, key: (first.answers[key] or 0) - 1}), *responses[1:]]


def skm(month: str, number: int = 10, answer: int = 4) -> list[StoredResponse]:
    keys = [question.key for question in instrument("skm-2017@1").questions]
    answers = dict.fromkeys(keys, answer)
    return [response(f"{month}-10T09:00+08:00", answers, instrument="skm-2017@1") for _ in range(number)]


def close(office: Office, *labels: str, revise: bool = False) -> None:
    for label in labels:
        close_period(office.context.engine, "ult-makassar", label, by="Tim mutu", now=NOW, revise=revise)


def put_up(office: Office, label: str) -> None:
    posting = Posting(unit="ult-makassar", period=label, place="Lobi", posted_on="2026-10-05", posted_by="Tim mutu")
    with writing(office.context.engine) as connection:
        post(connection, posting)


def read(
    office: Office,
    catalog: Catalog | None = None,
    *,
    year: str = "2026",
    now: datetime = NOW,
    unit: str = "ult-makassar",
) -> Readiness:
    known = catalog or catalog_of()
    asked = known.unit(unit)
    assert asked is not None
    with reading(office.context.engine) as connection:
        return read_readiness(connection, known, asked, year, now)


def line(found: Readiness, perception: str) -> PerceptionLine:
    (only,) = (each for each in found.perceptions if each.minimum.perception == perception)
    return only


def verdicts(found: PerceptionLine) -> dict[str, str]:
    return {each.award: each.verdict for each in found.year.against}


def test_exactly_the_minimum_is_enough(office: Office) -> None:
    count(office, *answered("spkp@1", "2026-02", 2, 8), *answered("spak@1", "2026-02", 6, 4))
    found = read(office)
    ipkp, ipak = line(found, "ipkp"), line(found, "ipak")
    assert (ipkp.year.index, ipkp.year.component, ipkp.year.n) == (Decimal("3.2000"), Decimal("14.00"), 10)
    assert verdicts(ipkp) == {"wbk": "reached", "wbbm": "not_reached"}
    assert (ipak.year.index, ipak.year.component) == (Decimal("3.6000"), Decimal("15.75"))
    assert verdicts(ipak) == {"wbk": "reached", "wbbm": "reached"}


def test_one_answer_below_the_minimum_is_not_enough(office: Office) -> None:
    count(office, *one_lower(answered("spkp@1", "2026-02", 2, 8)), *one_lower(answered("spak@1", "2026-02", 6, 4)))
    found = read(office)
    assert line(found, "ipkp").year.index == Decimal("3.1875")
    assert verdicts(line(found, "ipkp")) == {"wbk": "not_reached", "wbbm": "not_reached"}
    assert line(found, "ipak").year.index == Decimal("3.5800")
    assert verdicts(line(found, "ipak")) == {"wbk": "not_reached", "wbbm": "not_reached"}


def test_the_higher_award_asks_more_of_the_service_index(office: Office) -> None:
    count(office, *answered("spkp@1", "2026-02", 6, 4))
    assert verdicts(line(read(office), "ipkp")) == {"wbk": "reached", "wbbm": "reached"}


def test_a_component_that_rounds_up_to_the_minimum_does_not_hide_an_index_below_it(office: Office) -> None:
    count(office, *one_lower(answered("spak@1", "2026-02", 120, 80)))
    year = line(read(office), "ipak").year
    assert (year.index, year.component) == (Decimal("3.5990"), Decimal("15.75"))
    assert [(each.verdict, each.hints) for each in year.against] == [("not_reached", ("straddles", "rounded"))] * 2


def test_an_interval_around_the_minimum_is_told_and_decides_nothing(office: Office) -> None:
    count(office, *answered("spak@1", "2026-02", 60, 40))
    year = line(read(office), "ipak").year
    assert year.interval is not None
    assert year.interval[0] < Decimal("3.6") < year.interval[1]
    assert [(each.verdict, each.hints) for each in year.against] == [("reached", ("straddles",))] * 2


def test_an_interval_on_one_side_of_the_minimum_needs_no_hint(office: Office) -> None:
    count(office, *answered("spak@1", "2026-02", 95, 5))
    assert [each.hints for each in line(read(office), "ipak").year.against] == [(), ()]
    count(office, *answered("spkp@1", "2026-02", 40, 60))
    wbk, wbbm = line(read(office), "ipkp").year.against
    assert [(each.verdict, each.hints) for each in (wbk, wbbm)] == [("reached", ()), ("not_reached", ())]


def test_a_sample_that_can_have_no_interval_says_so(office: Office) -> None:
    count(office, *answered("spak@1", "2026-02", 1, 0))
    year = line(read(office), "ipak").year
    assert (year.interval, [each.hints for each in year.against]) == (None, [("no_interval",)] * 2)


def test_before_any_answer_nobody_can_tell(office: Office) -> None:
    found = read(office, now=NOVEMBER)
    for each in found.perceptions:
        assert verdicts(each) == {"wbk": "cannot_tell", "wbbm": "cannot_tell"}
        assert (each.year.n, each.year.index, each.year.component) == (0, None, None)
        assert [figure.state for figure in each.quarters] == ["not_closed", "not_closed", "not_closed", "running"]
    assert [each.minimum.perception for each in found.perceptions] == ["ipkp", "ipak"]


def test_quarters_are_counted_apart_and_pooled_for_the_year(office: Office) -> None:
    count(office, *answered("spak@1", "2026-02", 10, 0), *answered("spak@1", "2026-05", 0, 30))
    ipak = line(read(office), "ipak")
    assert [figure.index for figure in ipak.quarters] == [Decimal("4.0000"), Decimal("3.0000"), None, None]
    assert (ipak.year.index, ipak.year.n) == (Decimal("3.2500"), 40)
    assert [figure.state for figure in ipak.quarters] == ["not_closed"] * 4


def test_a_closed_quarter_keeps_its_figure_and_the_rest_is_counted_now(office: Office) -> None:
    count(office, *answered("spak@1", "2026-02", 10, 0))
    close(office, "2026-Q1")
    count(office, *answered("spak@1", "2026-02", 0, 10), *answered("spak@1", "2026-05", 0, 30))
    ipak = line(read(office), "ipak")
    first = ipak.quarters[0]
    assert first.closing is not None
    assert (first.state, first.index, first.closing.late) == ("published", Decimal("4.0000"), 10)
    assert (ipak.year.state, ipak.year.n, ipak.year.index) == ("not_closed", 40, Decimal("3.2500"))


def test_a_closed_year_is_published(office: Office) -> None:
    count(office, *answered("spak@1", "2026-02", 10, 0))
    close(office, "2026")
    ipak = line(read(office), "ipak")
    assert (ipak.year.state, ipak.quarters[0].state) == ("published", "not_closed")


def test_responses_that_misuse_rules_left_out_are_told_and_not_counted(office: Office) -> None:
    left_out = [replace(each, included=False, flags=("too_fast",)) for each in answered("spak@1", "2026-02", 0, 5)]
    count(office, *answered("spak@1", "2026-02", 10, 0), *left_out)
    year = line(read(office), "ipak").year
    assert (year.n, year.excluded, year.index) == (10, 5, Decimal("4.0000"))


def test_a_questionnaire_made_from_the_packaged_one_has_a_line_of_its_own(tmp_path: Path) -> None:
    service = replace(MAKASSAR.services[0], instruments=("spak-kantor@1", "spak@1"))
    catalog = Catalog((replace(MAKASSAR, services=(service,)),), instruments=(OWN,))
    settings = settings_in(tmp_path)
    put_catalog(settings, catalog)
    opened = Office(settings, NOW)
    own = [replace(each, instrument="spak-kantor@1") for each in answered("spak@1", "2026-02", 0, 10)]
    count(opened, *answered("spak@1", "2026-02", 10, 0), *own)
    found = read(opened, catalog)
    lines = [each for each in found.perceptions if each.minimum.perception == "ipak"]
    assert [(each.instrument.id, each.year.index) for each in lines] == [
        ("spak@1", Decimal("4.0000")),
        ("spak-kantor@1", Decimal("3.0000")),
    ]
    opened.close()


def test_a_closed_figure_keeps_the_weights_it_was_closed_with(tmp_path: Path) -> None:
    service = replace(MAKASSAR.services[0], instruments=("spkp-kantor@1",))
    catalog = Catalog((replace(MAKASSAR, services=(service,)),), instruments=(NINE,))
    settings = settings_in(tmp_path)
    put_catalog(settings, catalog)
    opened = Office(settings, NOW)
    keys = [*(question.key for question in instrument("spkp@1").questions), "aplikasi"]
    full = response("2026-02-10T09:00+08:00", dict.fromkeys(keys, 4), instrument="spkp-kantor@1")
    count(opened, full)
    close_period(opened.context.engine, "ult-makassar", "2026-Q1", by="Tim mutu", now=NOW, weights="0.11")
    ipkp = line(read(opened, catalog), "ipkp")
    assert (ipkp.instrument.id, ipkp.quarters[0].index) == ("spkp-kantor@1", Decimal("3.9600"))
    assert ipkp.year.index == Decimal("4.0000")
    opened.close()


@pytest.mark.parametrize(("quarters", "score"), [(0, "0.00"), (1, "0.25"), (2, "0.50"), (3, "0.75"), (4, "1.00")])
def test_each_closed_quarter_with_responses_is_a_survey(office: Office, quarters: int, score: str) -> None:
    count(office, *skm("2026-02"), *skm("2026-05"), *skm("2026-08"), *skm("2026-11"))
    labels = [f"2026-Q{number}" for number in (1, 2, 3, 4)]
    close(office, *labels[:quarters])
    surveys = read(office).surveys
    assert (surveys.count, surveys.score.score) == (quarters, Decimal(score))
    assert [result.period.label for result in surveys.results] == labels[:quarters]
    assert [(one.period.label, one.state, one.n) for one in surveys.waiting] == [
        (label, "not_closed", 10) for label in labels[quarters:]
    ]
    assert "VI.iv.a" in surveys.score.source.id


def test_a_fifth_survey_gives_no_more_than_the_full_score(office: Office) -> None:
    count(office, *(each for month in ("01", "02", "05", "08", "11") for each in skm(f"2026-{month}")))
    close(office, "2026-01", "2026-02", "2026-Q2", "2026-Q3", "2026-Q4")
    surveys = read(office).surveys
    assert (surveys.count, surveys.score.score, surveys.waiting) == (5, Decimal("1.00"), ())


def test_a_closed_period_without_responses_to_the_survey_is_none(office: Office) -> None:
    count(office, *skm("2026-02"), response("2026-05-10T09:00+08:00", {"kepuasan": 4}))
    close(office, "2026-Q1", "2026-Q2", "2026-Q3")
    assert [result.period.label for result in read(office).surveys.results] == ["2026-Q1"]


def test_a_response_counts_for_one_survey_however_often_its_time_was_closed(office: Office) -> None:
    count(office, *skm("2026-01"), *skm("2026-02"), *skm("2026-05"))
    close(office, "2026-01", "2026-Q1", "2026-Q2", "2026-S1", "2026")
    surveys = read(office).surveys
    assert [(result.period.label, result.counted, result.n) for result in surveys.results] == [
        ("2026-01", True, 10),
        ("2026-Q1", False, 20),
        ("2026-Q2", True, 10),
        ("2026-S1", False, 30),
        ("2026", False, 30),
    ]
    assert surveys.count == 2


def test_a_closed_half_year_is_one_survey_and_its_quarters_do_not_wait(office: Office) -> None:
    count(office, *skm("2026-02"), *skm("2026-05"))
    close(office, "2026-S1")
    surveys = read(office).surveys
    assert (surveys.count, surveys.waiting) == (1, ())


def test_surveys_of_another_year_and_of_another_unit_do_not_count(office: Office) -> None:
    count(office, *skm("2025-11"), *skm("2026-02"))
    close(office, "2025-Q4", "2026-Q1")
    assert read(office).surveys.count == 1
    assert read(office, year="2025").surveys.count == 1
    assert read(office, unit="tutup").surveys.count == 0


def test_a_quarter_that_is_running_waits(office: Office) -> None:
    count(office, *skm("2026-11"))
    (waiting,) = read(office, now=NOVEMBER).surveys.waiting
    assert (waiting.period.label, waiting.state) == ("2026-Q4", "running")


@pytest.mark.parametrize(
    ("public", "paper", "found"),
    [
        ("unit", True, (True, True, Decimal("1.00"))),
        ("services", False, (True, False, None)),
        ("none", True, (False, True, Decimal("0.50"))),
        ("none", False, (False, False, Decimal("0.00"))),
    ],
)
def test_publication_is_scored_by_where_the_result_can_be_read(
    office: Office, public: Public, paper: bool, found: tuple[bool, bool, Decimal | None]
) -> None:
    count(office, *skm("2026-02"), *skm("2026-05"))
    close(office, "2026-Q1", "2026-Q2")
    if paper:
        put_up(office, "2026-Q1")
    publication = read(office, catalog_of(public)).publication
    assert (publication.online, publication.offline, publication.score.score) == found
    assert publication.missing_offline == (("2026-Q2",) if paper else ("2026-Q1", "2026-Q2"))
    assert publication.missing_online == (() if public != "none" else ("2026-Q1", "2026-Q2"))
    assert "VI.iv.b" in publication.score.source.id


def test_a_public_unit_shows_nothing_online_before_a_period_is_closed(office: Office) -> None:
    count(office, *skm("2026-02"))
    assert read(office, catalog_of("unit")).publication.online is False


def test_a_result_that_is_held_back_is_not_online(office: Office) -> None:
    count(office, *skm("2026-02", 9))
    close(office, "2026-Q1")
    found = read(office, catalog_of("unit"))
    assert [result.online for result in found.surveys.results] == ["held_back"]
    assert (found.publication.online, found.publication.missing_online) == (False, ("2026-Q1",))


def test_a_posting_of_another_year_does_not_count(office: Office) -> None:
    count(office, *skm("2025-11"), *skm("2026-02"))
    close(office, "2025-Q4", "2026-Q1")
    put_up(office, "2025-Q4")
    assert read(office).publication.offline is False
    assert read(office, year="2025").publication.offline is True


def test_units_below_stand_beside_and_are_never_added_up(office: Office) -> None:
    below = answered("spak@1", "2026-02", 10, 0, unit="ult-jayapura", touchpoint="kiosk-2")
    count(office, *answered("spak@1", "2026-02", 0, 10), *below)
    found = read(office)
    (child,) = found.below
    assert (child.unit.id, child.below) == ("ult-jayapura", ())
    assert (line(found, "ipak").year.index, line(child, "ipak").year.index) == (Decimal("3.0000"), Decimal("4.0000"))
    assert read(office, unit="ult-jayapura").below == ()


@pytest.mark.parametrize("year", ["kemarin", "2026-Q1", "0026"])
def test_a_text_that_is_no_year_is_refused(office: Office, year: str) -> None:
    with pytest.raises(BadPeriod):
        read(office, year=year)
