"""What a cell of an office's table means: an answer, a date, a respondent's word."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time
from types import MappingProxyType

from puas.import_files import Cell
from satisfaction.instruments import Question
from schemas.feedback_fields import RESPONDENT
from schemas.fields import is_slug
from schemas.import_mapping import Source, wording
from schemas.violation import printable

NOON = time(12)
WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "sex": {
            **dict.fromkeys(("l", "lk", "laki-laki", "laki laki", "laki", "pria", "m"), "male"),
            **dict.fromkeys(("p", "pr", "perempuan", "wanita", "f"), "female"),
        },
        "education": {
            **dict.fromkeys(("slta", "smu", "smk", "sma/smk", "sma/sederajat"), "sma"),
            **dict.fromkeys(("sltp", "smp/sederajat"), "smp"),
            **dict.fromkeys(
                ("d1", "d2", "d3", "d4", "diploma i", "diploma ii", "diploma iii", "div", "diii"), "diploma"
            ),
            "sarjana": "s1",
        },
        "occupation": {
            **dict.fromkeys(("asn", "pns/asn", "asn/pns"), "pns"),
            **dict.fromkeys(("karyawan swasta", "pegawai swasta"), "swasta"),
            **dict.fromkeys(("wiraswasta", "pengusaha"), "wirausaha"),
            **dict.fromkeys(("lain-lain", "lain", "other"), "lainnya"),
        },
        "disability": dict.fromkeys(("tidak ada", "tidak", "non disabilitas"), "none"),
    }
)
"""How forms write what we call otherwise; used where the mapping has no values of its own."""

_MONTHS = (
    ("januari", "january", "jan"),
    ("februari", "february", "feb", "peb", "pebruari"),
    ("maret", "march", "mar"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("agustus", "august", "agu", "agt", "aug", "ags"),
    ("september", "sep", "sept"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nov", "nopember", "nop"),
    ("desember", "december", "des", "dec"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_LETTERS = re.compile(r"[A-Za-z]+")
_DIGITS = re.compile(r"[0-9]{1,4}", re.ASCII)


class NotUnderstood(ValueError):
    """The cell does not say what its column should; one clause for the operator."""


def text_of(cell: Cell) -> str:
    """A cell as people read it; a whole number that a spreadsheet keeps as 3.0 is "3".

    >>> text_of(3.0), text_of(" a "), text_of(None)
    ('3', 'a', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def quoted(text: str) -> str:
    """A cell's text in a message, short and harmless."""
    shown = printable(text)
    return f'"{shown[:40]}…"' if len(shown) > 41 else f'"{shown}"'


def word_of(text: str, values: Mapping[str, str | int | None]) -> str | int | None:
    """What the mapping's own values say of a text."""
    try:
        return values[wording(text)]
    except KeyError:
        raise NotUnderstood(f"{quoted(text)} is not among the mapping's values: {_some(values)}") from None


def answer_of(cell: Cell, source: Source, question: Question, not_applicable: Collection[str]) -> int | None:
    """The answer, None for not applicable: by the mapping's values, else digits or the question's own words."""
    text = text_of(cell)
    if not text or (wording(text) in not_applicable and wording(text) not in (source.values or ())):
        return None
    if source.values is not None:
        value = word_of(text, source.values)
        return value if isinstance(value, int) else None
    if _DIGITS.fullmatch(text):
        return int(text)
    for answer in question.answers:
        if wording(text) in (wording(answer.label.id), wording(answer.label.en)):
            return answer.value
    own = _some(f"{answer.value} {answer.label.id}" for answer in question.answers)
    raise NotUnderstood(f"{quoted(text)} is no answer; there are: {own}")


def respondent_of(cell: Cell, key: str, source: Source) -> str | None:
    """What a cell says of the respondent, None for nothing."""
    text = text_of(cell)
    if not text:
        return None
    if source.values is not None:
        value = word_of(text, source.values)
        return None if value is None else str(value)
    if source.years:
        return _age_band(text)
    word = WORDS.get(key, {}).get(wording(text), wording(text).replace(" ", "-"))
    if not is_slug(word) or (key == "age_band" and word.isdigit()):
        advice = "an age needs years: true" if key == "age_band" else "give the mapping values for it"
        raise NotUnderstood(f"{quoted(text)} is not understood ({advice}); known are: {_some(RESPONDENT[key])}")
    return word


def _age_band(text: str) -> str:
    found = _DIGITS.match(text)
    if found is None or int(found[0]) > 120:
        raise NotUnderstood(f"{quoted(text)} is no age in years")
    age = int(found[0])
    youngest, *between, oldest = RESPONDENT["age_band"]
    if age < int(between[0].partition("-")[0]):
        return youngest
    return next((band for band in between if age <= int(band.partition("-")[2])), oldest)


def date_of(cell: Cell, form: str | None) -> datetime | date:
    """A date, or a date with its time of day. Excel's own dates need no `form`; ISO text neither."""
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    if not text:
        raise NotUnderstood("the date is missing")
    if isinstance(cell, int | float):
        raise NotUnderstood(f"{quoted(text)} is a number, no date: format the column as a date")
    return _parsed(text, form, "date") if form else _iso(text)


def time_of(cell: Cell, form: str | None) -> time:
    """A time of day; noon where the cell is empty."""
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    text = text_of(cell)
    if not text:
        return NOON
    if form is None:
        # Indonesian clocks are written 08.30 as often as 08:30.
        text = text.replace(".", ":")
        form = "%H:%M:%S" if text.count(":") == 2 else "%H:%M"
    return _parsed(text, form, "time").time()


def _iso(text: str) -> datetime | date:
    try:
        return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except ValueError:
        raise NotUnderstood(f"{quoted(text)} is no date such as 2023-06-30: give the mapping its format") from None


def _parsed(text: str, form: str, kind: str) -> datetime:
    # strptime knows the months of the machine's language only.
    plain, plain_form = text, form
    if "%B" in form or "%b" in form:
        plain = _LETTERS.sub(lambda word: str(_MONTH.get(word[0].lower(), word[0])), text)
        plain_form = form.replace("%B", "%m").replace("%b", "%m")
    try:
        return datetime.strptime(plain, plain_form)  # noqa: DTZ007 - the unit's zone is added by the caller
    except ValueError:
        raise NotUnderstood(f"{quoted(text)} is no {kind} of the form {form}") from None


def _some(words: Iterable[str]) -> str:
    listed = [printable(word) for word in words]
    return ", ".join(listed[:8]) + (", …" if len(listed) > 8 else "")
