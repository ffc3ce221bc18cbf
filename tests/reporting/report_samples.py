"""Reports to render, without a database: figures from seeded answers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from reporting.report import Origin, ProfileField, Report, Row, ServiceFigures, Suggestion, TrendPoint
from reporting.report_annex import FIELDS
from satisfaction.index import measure
from satisfaction.instruments import Instrument, instruments
from satisfaction.periods import parse_period
from satisfaction.sampling import krejcie_morgan
from satisfaction.tally import Tally
from schemas.feedback_fields import RESPONDENT

ZONE = ZoneInfo("Asia/Makassar")
MADE = datetime(2027, 1, 4, 1, 30, tzinfo=UTC)
LONG_UNIT = (
    "Unit Layanan Terpadu Balai Besar Penjaminan Mutu Pendidikan Provinsi Daerah Istimewa Yogyakarta dan Sekitarnya"
)
SERVICES = (
    "Legalisasi dan surat keterangan ijazah",
    "Konsultasi Rapor Pendidikan dan penjaminan mutu satuan pendidikan anak usia dini, dasar, dan menengah",
    "Layanan data pokok pendidikan (Dapodik)",
)
SAID = ("Pelayanan cepat dan ramah.", "Ruang tunggu panas, mohon ditambah kipas 👍🏽", "ꦩꦠꦸꦂꦤꦸꦮꦸꦤ, petugasé sabar")


def rows(n: int, instrument: Instrument, seed: int = 1) -> list[Row]:
    """`n` responses; every 17th was left out, every 10th answer is missing."""
    rng = Random(seed)
    start = parse_period("2026-Q4", ZONE).start
    lowest, highest = instrument.scale
    found = []
    for at in range(n):
        answers = tuple(
            None
            if question.optional and rng.random() < 0.1
            else min(
                highest, max(lowest, round(rng.gauss(lowest + (0.72 + place % 5 * 0.05) * (highest - lowest), 0.8)))
            )
            for place, question in enumerate(instrument.questions)
        )
        respondent = {field: rng.choice(RESPONDENT[field]) for field in FIELDS if rng.random() < 0.85}
        moment = (start + timedelta(minutes=13 * at % 130_000)).astimezone(ZONE)
        found.append(Row(moment, SERVICES[at % 3], "kiosk", answers, respondent, at % 17 != 16))
    return sorted(found, key=lambda row: row.at)


def tally(chosen: Sequence[Row], instrument: Instrument) -> Tally:
    """The counts of these rows."""
    keys = [question.key for question in instrument.questions]
    return Tally.of(dict(zip(keys, row.answers, strict=True)) for row in chosen)


def profile(chosen: Sequence[Row]) -> tuple[ProfileField, ...]:
    """Who the respondents of these rows are."""
    fields = []
    for name in FIELDS:
        counted = Counter(row.respondent.get(name, "") for row in chosen)
        fields.append(
            ProfileField(name, {value: counted[value] for value in (*RESPONDENT[name], "") if counted[value]})
        )
    return tuple(fields)


def report(
    n: int = 120,
    instrument_id: str = "skm-2017@1",
    unit_name: str = "ULT Makassar",
    closed: bool = False,
    earlier: Mapping[str, int] | None = None,
    weights: str | None = None,
    population: int | None = None,
    allowed: bool = True,
) -> Report:
    """The report of a quarter in which `n` responses came in."""
    instrument = instruments()[instrument_id]
    all_rows = rows(n, instrument)
    included, left_out = [row for row in all_rows if row.included], [row for row in all_rows if not row.included]
    counts = tally(included, instrument)
    services = []
    for at, name in enumerate(SERVICES):
        own = tally([row for row in included if row.service == name], instrument)
        excluded = sum(row.service == name for row in left_out)
        services.append(ServiceFigures(f"service-{at}", name, measure(instrument, own, weights), excluded))
    whole = measure(instrument, counts, weights, population)
    trend = [
        TrendPoint(
            parse_period(label, ZONE), measure(instrument, tally(rows(many, instrument, at), instrument), weights), True
        )
        for at, (label, many) in enumerate((earlier or {}).items())
    ]
    said = tuple(Suggestion(row.at.date(), row.service, SAID[at % 3]) for at, row in enumerate(included[:30]))
    frozen = (
        {"revision": 2, "closed_ms": 1_798_000_000_000, "digest": "0123456789abcdef" * 4, "late": 3} if closed else {}
    )
    return Report(
        unit="ult-makassar",
        unit_name=unit_name,
        parent_name="Direktorat Jenderal PAUD, Pendidikan Dasar dan Pendidikan Menengah",
        service_name=None,
        period=parse_period("2026-Q4", ZONE),
        over=True,
        made_at=MADE.astimezone(ZONE),
        instrument=instrument,
        measure=whole,
        excluded=len(left_out),
        with_excluded=measure(instrument, tally(all_rows, instrument), weights),
        population=population,
        needed=krejcie_morgan(population or 1_000_000),
        services=tuple(services),
        profile=profile(included),
        trend=(*trend, TrendPoint(parse_period("2026-Q4", ZONE), whole, closed)),
        origin=Origin("log-1", {0: n, 1: 12}, 1_798_000_000_000, **frozen),  # type: ignore[arg-type]
        suggestions=said if allowed else None,
        suggestions_total=len(said),
        rows=tuple(all_rows[:2000]) if allowed else None,
        rows_total=n,
    )
