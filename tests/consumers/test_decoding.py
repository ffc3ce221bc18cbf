"""What a record is taken for, and why one is set aside."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from consumers.decoding import Unusable, response_in
from eventlog import Entry
from readmodel.projection import StoredResponse
from schemas.catalog import EMPTY, Catalog
from schemas.catalog_file import merge
from schemas.feedback import Feedback
from tests.consumers.visits import CATALOG, NOON, SKM, feedback, record


def entry(value: bytes | None) -> Entry:
    """A record at partition 2, position 40."""
    return Entry(2, 40, 0, b"ktp", value)


def stored(sent: Feedback, catalog: Catalog = CATALOG) -> StoredResponse:
    """The response that the feedback becomes."""
    found = response_in(entry(record(sent).value), catalog)
    assert isinstance(found, StoredResponse), found
    return found


def milliseconds(instant: datetime) -> int:
    """Unix milliseconds."""
    return int(instant.timestamp() * 1000)


def test_feedback_keeps_all_that_was_said_and_where_it_was_read() -> None:
    """The row holds the event's fields and its place in the log."""
    sent = feedback(
        instrument=SKM,
        answers={"waktu": 4, "biaya": None},
        respondent={"sex": "female"},
        comment="Cepat",
        language="id",
        duration_ms=60_000,
    )
    found = stored(sent)
    for name in ("event_id", "unit", "service", "touchpoint", "channel", "instrument", "answers", "respondent"):
        assert getattr(found, name) == getattr(sent, name)
    assert (found.comment, found.language, found.duration_ms, found.producer) == ("Cepat", "id", 60_000, "test")
    assert (found.partition, found.position, found.flags, found.included) == (2, 40, (), True)


def test_a_response_counts_for_the_visitors_clock_while_that_is_plausible() -> None:
    """A kiosk that was offline for a day reports yesterday's visits as yesterday's."""
    yesterday = NOON - timedelta(days=1)
    found = stored(feedback(occurred_at=yesterday, received_at=NOON))
    assert (found.occurred_ms, found.claimed_ms, found.flags) == (milliseconds(yesterday), milliseconds(yesterday), ())


def test_an_import_counts_for_the_day_on_its_paper_however_old() -> None:
    """A survey of years ago belongs to its own year; nobody's clock is wrong."""
    years_ago = datetime(2019, 3, 1, 2, 0, tzinfo=UTC)
    found = stored(feedback(channel="import", occurred_at=years_ago, received_at=NOON))
    assert (found.occurred_ms, found.claimed_ms, found.flags) == (milliseconds(years_ago), milliseconds(years_ago), ())
    undated = stored(feedback(channel="import", received_at=NOON))
    assert (undated.occurred_ms, undated.flags) == (milliseconds(NOON), ())


def test_an_import_of_the_future_is_no_more_believed_than_any_clock() -> None:
    """A paper can't be filled in after it was typed in."""
    found = stored(feedback(channel="import", occurred_at=NOON + timedelta(days=1), received_at=NOON))
    assert (found.occurred_ms, found.flags) == (milliseconds(NOON), ("clock",))


def test_an_own_questionnaire_of_the_catalog_judges_its_answers() -> None:
    """The packaged ones are not all there is; one the catalog never had is unusable."""
    words = {"id": "Antre", "en": "Queue"}
    asked = [
        {"key": "antre", "element": "antre", "optional": False, "text": words, "answers": {"0": words, "5": words}}
    ]
    own = {"id": "antre@1", "name": words, "elements": [{"key": "antre", "code": "A", "name": words}]}
    catalog = replace(CATALOG, instruments=(own | {"questions": asked},))
    sent = feedback(instrument="antre@1", answers={"antre": 5})
    assert stored(sent, catalog).answers == {"antre": 5}
    for known, answer, reason in ((catalog, 4, "invalid_answers"), (CATALOG, 5, "unknown_instrument")):
        found = response_in(entry(record(replace(sent, answers={"antre": answer})).value), known)
        assert isinstance(found, Unusable)
        assert found.reason == reason


def test_an_implausible_clock_is_overruled_flagged_and_still_counted() -> None:
    """The arrival is used instead; the flag excludes nothing."""
    found = stored(feedback(occurred_at=NOON + timedelta(hours=1), received_at=NOON))
    assert (found.occurred_ms, found.claimed_ms) == (milliseconds(NOON), milliseconds(NOON + timedelta(hours=1)))
    assert (found.flags, found.included) == (("clock",), True)


@pytest.mark.parametrize(("timezone", "minutes"), [("Asia/Makassar", 0), ("Asia/Kolkata", 30), ("Asia/Kathmandu", 15)])
def test_the_hour_is_the_units_own(timezone: str, minutes: int) -> None:
    """05:59 UTC is 13:59 in Makassar, 11:29 in Kolkata and 11:44 in Kathmandu."""
    late = NOON + timedelta(minutes=59, milliseconds=7)
    catalog = Catalog(tuple(replace(unit, timezone=timezone) for unit in CATALOG.units))
    found = stored(feedback(received_at=late), catalog)
    assert (found.occurred_ms, found.hour_ms) == (milliseconds(late), milliseconds(NOON + timedelta(minutes=minutes)))


def test_answers_given_too_fast_are_flagged_and_left_out() -> None:
    """Nine answers in a tenth of a second are a stuck screen."""
    found = stored(feedback(instrument=SKM, answers={"waktu": 1, "biaya": 1, "produk": 1}, duration_ms=100))
    assert (found.flags, found.included) == (("too_fast",), False)


def test_feedback_about_what_was_retired_since_is_still_counted() -> None:
    """The log is the past; retiring is about the future."""
    retired = merge(CATALOG, EMPTY)
    assert all(unit.retired for unit in retired.units)
    assert stored(feedback(), retired).unit == "ult"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "not_json"),
        (b"", "not_json"),
        (b"\xff\x00", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "not_an_event"),
        (b'{"schema_version": 1}', "not_an_event"),
        (b'{"schema_version": 2}', "unknown_version"),
    ],
)
def test_bytes_that_are_no_event_of_ours_are_unusable(value: bytes | None, reason: str) -> None:
    """Whatever a foreign producer writes, decoding ends in a reason and not in a crash."""
    found = response_in(entry(value), CATALOG)
    assert isinstance(found, Unusable)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("changes", "reason", "named"),
    [
        ({"unit": "mpp"}, "unknown_catalog_entry", "mpp"),
        ({"service": "sim"}, "unknown_catalog_entry", "sim"),
        ({"touchpoint": "kiosk-9"}, "unknown_catalog_entry", "kiosk-9"),
        ({"instrument": "skm-2099@1"}, "unknown_instrument", "skm-2099@1"),
        ({"answers": {"kepuasan": 5}}, "invalid_answers", "kepuasan: out_of_scale"),
        ({"answers": {"warna": 1}}, "invalid_answers", "warna: unknown_question"),
        ({"answers": {}}, "invalid_answers", "required"),
        ({"received_at": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)}, "implausible_time", "9999"),
        ({"received_at": datetime(1, 1, 1, tzinfo=UTC)}, "implausible_time", "0001"),
        ({"channel": "import", "occurred_at": datetime(1, 1, 1, tzinfo=UTC)}, "implausible_time", "0001"),
    ],
)
def test_an_event_that_fits_no_catalog_or_questionnaire_is_unusable(
    changes: dict[str, Any], reason: str, named: str
) -> None:
    """The detail names what does not fit."""
    found = response_in(entry(record(feedback(**changes)).value), CATALOG)
    assert isinstance(found, Unusable)
    assert found.reason == reason
    assert named in found.detail


@pytest.mark.parametrize("bad", ["\x00", "\ud800"])
def test_text_that_no_database_keeps_is_unusable(bad: str) -> None:
    """One such record must not stop the whole log at the database's door."""
    value = record(feedback(comment="x")).value.replace(b'"comment":"x"', b'"comment":"\\u%04x"' % ord(bad))
    assert isinstance(response_in(entry(value), CATALOG), Unusable)
