"""A year's cells of one unit with a hundred services, made without making the responses."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice

from sqlalchemy import Connection, Engine, insert, text

from readmodel.counting import packed
from readmodel.database import writing
from readmodel.packing import Pack, total
from readmodel.tables import cells, response_totals
from satisfaction.instruments import Instrument

UNIT, YEAR = "ult-uji", 2026
SERVICES = [f"layanan-{number:03}" for number in range(100)]
CHANNELS = ("kiosk", "qr")
_DAYS_OPEN = 250
_A_DAY = 400
_EXCLUDED = 50
_AT_ONCE = 2_000
_Row = dict[str, object]

# Eight hours of each day, with numbers as large as the day's: a year's index does not read them, they only lie there.
_HOURS = """
    INSERT INTO cells (unit, cut, grain, service, at, value, instrument, included, n, counts)
    SELECT unit, cut, 'hour', service, at * 100 + hours.hour, value, instrument, included, n, counts
    FROM cells, (SELECT 8 AS hour UNION ALL SELECT 9 UNION ALL SELECT 10 UNION ALL SELECT 11
        UNION ALL SELECT 13 UNION ALL SELECT 14 UNION ALL SELECT 15 UNION ALL SELECT 16) AS hours
    WHERE grain = 'day' AND cut = '' AND included
"""


def fill(engine: Engine, asked: Instrument, times: int) -> int:
    """Store the cells of `times` ten million responses and return how many responses that is.

    Ten times as many responses also come from twice as many touchpoints.
    """
    chance = random.Random(1)
    touchpoints = [f"loket-{number}" for number in range(2 if times == 1 else 4)]
    with writing(engine) as conn:
        for service in SERVICES:
            whole = _sample(asked, chance, _A_DAY, times)
            left_out = _sample(asked, chance, _EXCLUDED, times)
            _insert(conn, _cells(asked.id, service, whole, left_out, touchpoints))
            _insert_totals(conn, service, whole, touchpoints)
        conn.execute(text(_HOURS))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
    return len(SERVICES) * _DAYS_OPEN * _A_DAY * times


def _sample(asked: Instrument, chance: random.Random, responses: int, times: int) -> Pack:
    """Answers of visitors who are mostly content or mostly not; one in ten did not pay and says so."""
    low, high = asked.scale
    answers: list[dict[str, int | None]] = []
    for _ in range(responses):
        mood = chance.gauss(high - 0.8, 0.5)
        given: dict[str, int | None] = {
            question.key: min(high, max(low, round(chance.gauss(mood, 0.5)))) for question in asked.questions
        }
        if chance.random() < 0.1:
            given |= {question.key: None for question in asked.questions if question.optional}
        answers.append(given)
    return _times(total(packed(asked.id, answers)), times)


def _times(pack: Pack, times: int) -> Pack:
    return Pack(pack.n * times, pack.form, [number * times for number in pack.numbers])


def _cells(instrument: str, service: str, whole: Pack, left_out: Pack, touchpoints: Sequence[str]) -> Iterator[_Row]:
    def row(cut: str, value: str, grain: str, at: int, pack: Pack, included: bool) -> _Row:
        place = {"unit": UNIT, "service": service, "instrument": instrument, "included": included}
        return place | {"cut": cut, "value": value, "grain": grain, "at": at, "n": pack.n, "counts": pack.text()}

    days = [day for day in (date(YEAR, 1, 1) + timedelta(days=at) for at in range(365)) if day.weekday() < 5]
    cuts = [("", "", 1)]
    cuts += [("touchpoint", each, len(touchpoints)) for each in touchpoints]
    cuts += [("channel", each, len(CHANNELS)) for each in CHANNELS]
    for cut, value, share in cuts:
        part = Pack(whole.n // share, whole.form, [number // share for number in whole.numbers])
        packs = [part, _times(part, _DAYS_OPEN // 12), _times(part, _DAYS_OPEN)]
        yield row(cut, value, "year", YEAR, packs[2], True)
        yield row(cut, value, "year", YEAR, left_out, False)
        for month in range(1, 13):
            yield row(cut, value, "month", YEAR * 100 + month, packs[1], True)
        yield from (row(cut, value, "day", int(f"{day:%Y%m%d}"), packs[0], True) for day in days[:_DAYS_OPEN])


def _insert(conn: Connection, rows: Iterator[_Row]) -> None:
    while part := list(islice(rows, _AT_ONCE)):
        conn.execute(insert(cells), part)


def _insert_totals(conn: Connection, service: str, whole: Pack, touchpoints: Sequence[str]) -> None:
    seen = {"unit": UNIT, "service": service, "included": True, "last_occurred_ms": 1, "last_received_ms": 1}
    places = [
        {"touchpoint": touchpoint, "channel": CHANNELS[at % len(CHANNELS)], "count": whole.n * _DAYS_OPEN}
        for at, touchpoint in enumerate(touchpoints)
    ]
    conn.execute(insert(response_totals), [seen | place for place in places])
