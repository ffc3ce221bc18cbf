"""The poster of a unit's published result, for its wall: only figures that everybody may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import segno
from sqlalchemy import Connection

from reporting.public import PublicRespondents, PublicRow, PublicYear, public_labels, public_year
from reporting.report_headline import name, shown, shown_bounds, value
from reporting.report_results import value_name
from reporting.typesetting import pictures, typeset
from reporting.words import Words, family
from satisfaction.instruments import Instrument
from satisfaction.periods import containing
from satisfaction.suppression import MIN_INDEX
from schemas.catalog import Catalog, Unit
from schemas.feedback_fields import RESPONDENT

Size = Literal["a4", "a3"]
SIZES: tuple[Size, ...] = ("a4", "a3")
FIELDS: tuple[Literal["sex", "education"], ...] = ("sex", "education")
DEFAULT_INSTRUMENT = "skm-2017@1"
MOST_SERVICES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """What a poster shows. `row` and `respondents` hold None for whatever is held back.

    `address` is that of the unit's public page, None where nobody knows it: then there is no QR code.
    """

    unit_name: str
    instrument: Instrument
    row: PublicRow
    services: tuple[str, ...]
    respondents: tuple[PublicRespondents, ...]
    made_at: datetime
    address: str | None


def read_poster(
    conn: Connection,
    catalog: Catalog,
    unit: Unit,
    *,
    now: datetime,
    period: str | None = None,
    instrument: str | None = None,
    address: str | None = None,
) -> Poster:
    """The poster of a period (None: the last that is over) and a questionnaire (None: the SKM where it is used).

    Raises NotPublic for a unit the catalog keeps to itself or a period that is none of the public ones, BadPeriod, and
    LookupError for a questionnaire that nobody asks at the unit.
    """
    label = public_labels(unit, now, last_quarter(unit, now) if period is None else period)[0]
    year = public_year(conn, catalog, unit.id, label[:4], now, FIELDS)
    chosen = _instrument(year, unit, instrument)
    names = {service.id: service.name for service in unit.services}
    return Poster(
        unit_name=unit.name,
        instrument=year.known[chosen],
        row=year.row(chosen, None, label),
        services=tuple(names.get(service, service) for service in year.services(chosen)),
        respondents=tuple(year.respondents(chosen, field, label) for field in FIELDS),
        made_at=now.astimezone(unit.zone),
        address=address,
    )


def last_quarter(unit: Unit, now: datetime) -> str:
    """The label of the last quarter that is over on the unit's clocks."""
    running = containing(now, "quarter", unit.zone)
    return containing(running.start - timedelta(hours=1), "quarter", unit.zone).label


def poster(found: Poster, words: Words, size: Size) -> bytes:
    """The PDF, one page."""
    inputs = {"poster": document(found, words), "size": size}
    return typeset("poster.typ", inputs, words.language, found.made_at)


def poster_picture(found: Poster, words: Words, size: Size, ppi: float = 96) -> bytes:
    """The same page as a PNG picture."""
    (page,) = pictures("poster.typ", {"poster": document(found, words), "size": size}, words.language, ppi)
    return page


def document(found: Poster, words: Words) -> Mapping[str, Any]:
    """The poster's words and figures as its template takes them."""
    row, instrument = found.row, found.instrument
    kind = family(instrument)
    figure = None if row.measure is None else value(instrument, row.measure)
    band = None if row.measure is None else row.measure.band
    return {
        "language": words.language,
        "title": words("poster.title", survey=words(f"{kind}.survey")),
        "unit": found.unit_name,
        "period": words.period(row.period.label),
        "name": name(words, instrument),
        "long_name": words(f"{kind}.index.long"),
        "figure": "" if figure is None else shown(words, figure),
        "hidden": "" if figure is not None else words("poster.hidden", n=MIN_INDEX),
        "band": None if band is None else {"code": band.code, "name": band.name.in_language(words.language)},
        "band_title": words("poster.band"),
        "interval": _interval(found, words),
        "respondents_title": words("poster.respondents"),
        "respondents": words("poster.fewer", n=MIN_INDEX) if row.n is None else words.whole(row.n),
        "groups": [_group(one, words) for one in found.respondents],
        "services_title": words("poster.services"),
        "services": _services(found.services, words),
        "status": _status(row, words),
        "thanks": words("poster.thanks"),
        "scan": words("poster.scan"),
        "address": found.address or "",
        "qr": "" if found.address is None else qr(found.address),
    }


def qr(address: str) -> str:
    """The QR code of an address as SVG text, error correction M (a smudge may hide 15%)."""
    code = segno.make(address, error="m", micro=False)
    return str(code.svg_inline(border=2, dark="#16202a", light="#ffffff"))


def _interval(found: Poster, words: Words) -> str:
    measure = found.row.measure
    if measure is None or measure.interval is None:
        return ""
    return words("poster.interval", bounds=shown_bounds(words, found.instrument, measure))


def _group(one: PublicRespondents, words: Words) -> Mapping[str, Any]:
    """A field's values with their counts and, for the bar, their share of the largest; held back ones say so."""
    offered = RESPONDENT[one.field]
    listed = sorted(
        one.values, key=lambda given: (given == "", offered.index(given) if given in offered else len(offered))
    )
    counts = {given: one.values[given] for given in listed if one.values[given] != 0}
    largest = max((count for count in counts.values() if count is not None), default=1)
    rows = [
        {
            "name": value_name(one.field, given, words),
            "count": words("poster.withheld") if count is None else words.whole(count),
            "share": 0 if count is None else count / largest,
        }
        for given, count in counts.items()
    ]
    return {"title": words(f"profile.{one.field}"), "rows": rows}


def _services(names: tuple[str, ...], words: Words) -> list[str]:
    if len(names) <= MOST_SERVICES:
        return list(names)
    left = len(names) - MOST_SERVICES + 1
    return [*names[: MOST_SERVICES - 1], words("poster.more", count=left)]


def _status(row: PublicRow, words: Words) -> str:
    if row.closing is not None:
        return words("poster.closed", revision=row.closing.revision)
    return words("poster.live")


def _instrument(year: PublicYear, unit: Unit, wanted: str | None) -> str:
    asked = {key for service in unit.services for key in service.instruments}
    known = [key for key in year.known if key in asked or key in year.answered]
    if wanted is not None:
        if wanted not in known:
            raise LookupError(f"nobody asks {wanted} at {unit.id}")
        return wanted
    if not known:
        raise LookupError(f"nothing is asked at {unit.id}")
    return DEFAULT_INSTRUMENT if DEFAULT_INSTRUMENT in known else known[0]
