"""The words, numbers and dates of reports and posters, in Indonesian and in English."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType

import yaml
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from satisfaction.instruments import Instrument, Language

LANGUAGES: tuple[Language, ...] = ("id", "en")
ABSENT = "\N{EN DASH}"
"""What stands where there is no figure."""

_ROMAN = ("I", "II", "III", "IV")
_ZONES = frozenset({"WIB", "WITA", "WIT"})
_LOCALES: Mapping[Language, str] = {"id": "id_ID", "en": "en_GB"}


class Words:
    """Everything that depends on the reader's language.

    >>> words = Words("id")
    >>> words.number(Decimal("84.5"), 2), words.whole(12345), words.share(1, 3), words.period("2026-Q4")
    ('84,50', '12.345', '33,3%', 'Triwulan IV Tahun 2026')
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._locale = _LOCALES[language]
        self._texts = _texts()[language]

    def __call__(self, key: str, **values: object) -> str:
        """The words under a key of words.yaml, `{name}` filled in. Raises KeyError for a key that is none."""
        return self._texts[key].format(**values) if values else self._texts[key]

    def maybe(self, key: str) -> str | None:
        """The words under a key, None when there are none."""
        return self._texts.get(key)

    def number(self, value: Decimal | None, places: int) -> str:
        """A figure with its decimals, a dash for none; what is rounded already must be given its own places."""
        if value is None:
            return ABSENT
        digits = "." + "0" * places if places else ""
        return str(format_decimal(value, format=f"#,##0{digits}", locale=self._locale)).replace("-", "\N{MINUS SIGN}")

    def whole(self, value: int | None) -> str:
        """A count, its thousands grouped."""
        return ABSENT if value is None else str(format_decimal(value, format="#,##0", locale=self._locale))

    def share(self, part: int, whole: int) -> str:
        """A part of a whole in percent, one decimal; a dash when the whole is nothing."""
        if whole == 0:
            return ABSENT
        percent = (Decimal(part * 100) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return self.number(percent, 1) + "%"

    def span(self, first: str, last: str) -> str:
        """From one shown thing to another."""
        return f"{first}\N{NO-BREAK SPACE}\N{EN DASH}\N{NO-BREAK SPACE}{last}"

    def day(self, day: date) -> str:
        """A day as people write it: 21 November 2026."""
        return str(format_date(day, format="d MMMM y", locale=self._locale))

    def short_date(self, day: date) -> str:
        """A day in figures, the year last: 21-11-2026."""
        return f"{day:%d-%m-%Y}"

    def time(self, moment: datetime) -> str:
        """An aware moment with its offset; in Indonesian with the zone's own name where it has one.

        >>> from zoneinfo import ZoneInfo
        >>> Words("en").time(datetime(2026, 11, 21, 10, 5, tzinfo=ZoneInfo("Asia/Makassar")))
        '21 November 2026, 10:05 (UTC+08:00)'
        >>> Words("id").time(datetime(2026, 11, 21, 10, 5, tzinfo=ZoneInfo("Asia/Makassar")))
        '21 November 2026, 10.05 WITA'
        """
        pattern = "d MMMM y, HH.mm" if self.language == "id" else "d MMMM y, HH:mm"
        written = format_datetime(moment, pattern, locale=self._locale)
        zone = moment.tzname() or ""
        if self.language == "id" and zone in _ZONES:
            return f"{written} {zone}"
        offset = f"{moment:%z}"
        return f"{written} (UTC{offset[:3]}:{offset[3:5]})"

    def period(self, label: str) -> str:
        """The name of a calendar period, or the dates of a span `from/to`."""
        if "/" in label:
            return self.span(*(self.period(part[:10]) for part in label.split("/")))
        year, _, part = label.partition("-")
        if not part:
            return self("period.year", year=year)
        if part[0] in "SQ":
            return self(f"period.{part[0]}", number=_ROMAN[int(part[1]) - 1], year=year)
        if part[0] == "W":
            return self("period.week", number=int(part[1:]), year=year)
        day = date.fromisoformat(label if len(label) > 7 else f"{label}-01")
        return self.day(day) if len(label) > 7 else str(format_date(day, format="MMMM y", locale=self._locale))

    def listed(self, items: list[str]) -> str:
        """Items as a sentence lists them.

        >>> Words("en").listed(["speed", "fee", "conduct"]), Words("id").listed(["biaya", "sarana"])
        ('speed, fee, and conduct', 'biaya dan sarana')
        """
        if len(items) < 2:
            return "".join(items)
        comma = "," if len(items) > 2 else ""
        return f"{', '.join(items[:-1])}{comma} {self('and')} {items[-1]}"


def family(instrument: Instrument) -> str:
    """Which vocabulary speaks of an instrument: `skm`, `spkp`, `spak`, `perception`, `smiley` or `nps`.

    >>> from satisfaction.instruments import instruments
    >>> family(instruments()["skm-2017@1"]), family(instruments()["smiley@1"])
    ('skm', 'smiley')
    """
    if instrument.kind == "perception":
        return next((name for name in ("spkp", "spak") if instrument.id.startswith(name)), "perception")
    return {"ikm": "skm", "satisfaction": "smiley", "nps": "nps"}[instrument.kind]


@cache
def _texts() -> Mapping[Language, Mapping[str, str]]:
    """Per language, every text by its dotted key; the file is read once, at the first call."""
    read = resources.files("reporting").joinpath("words.yaml").read_text(encoding="utf-8")
    document: dict[str, dict[str, str]] = yaml.load(read, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
    return MappingProxyType(
        {language: {key: texts[language] for key, texts in document.items()} for language in LANGUAGES}
    )
