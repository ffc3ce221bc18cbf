"""Published survey results as a JSON file writes them: averages or answer counts, and the figures printed with them.

The numbers keep the decimals they were printed with, for a figure can only be held against its own decimals. Write
figures as text ("87.20", "87,20") where a zero at the end matters.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from schemas.violation import MOST_REPORTED, printable

_MOST_BYTES = 8 << 20
_MOST_ELEMENTS = 100
_MOST_ANSWERS = 10**9
_LONGEST_TEXT = 200
_NUMBER = re.compile(r"[0-9]{1,4}([.,][0-9]{1,10})?", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_HISTOGRAM = re.compile(r"histogram(?:_answers((?:_[0-9]{1,3})+))?", re.ASCII)
_HIGHEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEntry:
    """One published result. `ikm` or `index` is there, and `averages` or `histograms`; both have one item per element.

    An average of None, and a histogram without answers, is an element that nobody was asked or answered.
    """

    id: str
    agency: str | None
    period: str | None
    n: int | None
    elements: tuple[str, ...]
    lowest: int
    highest: int
    averages: tuple[Decimal | None, ...] | None
    histograms: tuple[Mapping[int, int], ...] | None
    ikm: Decimal | None
    index: Decimal | None
    band: str | None


class PublishedTableInvalid(Exception):
    """What the file holds is no table of published results, or some of it is not.

    Each of `messages` names the file, the entry and the field; `entries` are those that can be used all the same.
    """

    def __init__(self, messages: Iterable[str], entries: Iterable[PublishedEntry] = ()) -> None:
        self.messages = list(messages)
        self.entries = list(entries)
        super().__init__("\n".join(self.messages))


class _Fault(Exception):
    """One field of an entry is wrong: args are the field and what is wrong with it."""


def read_published(path: Path) -> list[PublishedEntry]:
    """The entries of a JSON file: one object or a list of them. Members that nobody knows are passed over.

    Raises PublishedTableInvalid, with the first fault of each entry.
    """
    shown = printable(str(path))
    document = _document(path, shown)
    items = document if isinstance(document, list) else [document]
    if not items:
        raise PublishedTableInvalid([f"{shown}: the list is empty"])
    entries, faults = [], []
    for number, item in enumerate(items, 1):
        try:
            entries.append(_entry(item, number))
        except _Fault as fault:
            field, sentence = fault.args
            faults.append(f"{shown}: {_called(item, number)}: {field + ' ' if field else ''}{sentence}")
    if faults:
        more = len(faults) - MOST_REPORTED
        told = faults[:MOST_REPORTED] + ([f"{shown}: and {more} more"] if more > 0 else [])
        raise PublishedTableInvalid(told, entries)
    return entries


def _document(path: Path, shown: str) -> Any:
    try:
        with path.open("rb") as file:
            read = file.read(_MOST_BYTES + 1)
        if len(read) > _MOST_BYTES:
            raise PublishedTableInvalid([f"{shown}: is larger than {_MOST_BYTES >> 20} MiB"])
        return json.loads(
            read.decode("utf-8-sig"), parse_float=_Written, parse_constant=_Written, object_pairs_hook=_object
        )
    except OSError as error:
        raise PublishedTableInvalid([f"{shown}: {error.strerror or error}"]) from None
    except UnicodeDecodeError:
        raise PublishedTableInvalid([f"{shown}: is not UTF-8 text"]) from None
    except json.JSONDecodeError as error:
        raise PublishedTableInvalid([f"{shown}:{error.lineno}: is not JSON: {error.msg}"]) from None
    except (_Twice, RecursionError, ValueError) as error:
        why = f'"{error}" stands twice in one object' if isinstance(error, _Twice) else "is nested or long beyond sense"
        raise PublishedTableInvalid([f"{shown}: {why}"]) from None


class _Written(str):
    """A JSON number as it was written, decimals and all."""

    __slots__ = ()


class _Twice(Exception):
    """A member stands twice in one object."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(printable(next(name for name in names if names.count(name) > 1))[:64])
    return made


def _called(item: object, number: int) -> str:
    name = item.get("id") if isinstance(item, dict) else None
    return f"entry {number} ({printable(name)[:64]})" if isinstance(name, str) and name.strip() else f"entry {number}"


def _entry(item: object, number: int) -> PublishedEntry:
    if not isinstance(item, dict):
        raise _Fault("", "must be an object")
    lowest, highest, histograms = _histograms(item)
    averages = _averages(item, lowest, highest)
    if averages is None and histograms is None:
        raise _Fault("nrr", 'is missing: an entry needs "nrr" or "histogram_answers_1_2_3_4"')
    elements = _elements(item, averages, histograms)
    ikm, index = _figure(item, "published_ikm"), _figure(item, "published_index")
    if ikm is None and index is None:
        raise _Fault("published_ikm", 'is missing: there is nothing to compare with ("published_index" would do, too)')
    return PublishedEntry(
        id=_text(item, "id") or f"#{number}",
        agency=_text(item, "agency"),
        period=_text(item, "period"),
        n=_count(item["n"], "n") if item.get("n") is not None else None,
        elements=elements,
        lowest=lowest,
        highest=highest,
        averages=averages,
        histograms=histograms,
        ikm=ikm,
        index=index,
        band=_text(item, "published_band"),
    )


def _text(item: dict[str, Any], field: str) -> str | None:
    value = item.get(field)
    if value is None:
        return None
    # A year as a period and a number as an id are written without quotes as often as with them.
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _Fault(field, "must be text")
    text = printable(str(value)).strip()
    if len(text) > _LONGEST_TEXT:
        raise _Fault(field, f"is longer than {_LONGEST_TEXT} characters")
    return text or None


def _figure(item: dict[str, Any], field: str) -> Decimal | None:
    value = item.get(field)
    return None if value is None or value == "" else _number(value, field)


def _number(value: object, field: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _Fault(field, "must be a number")
    text = str(value).strip()
    if not _NUMBER.fullmatch(text):
        raise _Fault(field, f'must be a number such as 3.85, "87.20" or "87,20", not {printable(text)[:32]!r}')
    return Decimal(text.replace(",", "."))


def _count(value: object, field: str) -> int:
    count = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value.strip()) else value
    if type(count) is not int or not 0 <= count <= _MOST_ANSWERS:
        raise _Fault(field, "must be a whole number, 0 or more")
    return count


def _list(value: object, field: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise _Fault(field, "must be a list with one item per element")
    if len(value) > _MOST_ELEMENTS:
        raise _Fault(field, f"has more than {_MOST_ELEMENTS} items")
    return value


def _averages(item: dict[str, Any], lowest: int, highest: int) -> tuple[Decimal | None, ...] | None:
    if item.get("nrr") is None:
        return None
    averages: list[Decimal | None] = []
    for at, value in enumerate(_list(item["nrr"], "nrr")):
        average = None if value is None else _number(value, f"nrr.{at}")
        if average is not None and not lowest <= average <= highest:
            scale = f'answers run from {lowest} to {highest} (another scale is told by "scale": [lowest, highest])'
            raise _Fault(f"nrr.{at}", f"is {average}, but {scale}")
        averages.append(average)
    if not any(average is not None for average in averages):
        raise _Fault("nrr", "has no average at all")
    return tuple(averages)


def _histograms(item: dict[str, Any]) -> tuple[int, int, tuple[Mapping[int, int], ...] | None]:
    """The lowest and the highest answer, and the counts where there are some."""
    named = [(field, match) for field in item if (match := _HISTOGRAM.fullmatch(field)) and item[field] is not None]
    if len(named) > 1:
        raise _Fault(named[1][0], f"stands beside {named[0][0]}: give one of them")
    scale = _scale(item)
    if not named:
        return *(scale or (1, _HIGHEST)), None
    field, match = named[0]
    if match[1]:
        answers = tuple(int(answer) for answer in match[1][1:].split("_"))
    else:
        first, last = scale or (1, _HIGHEST)
        answers = tuple(range(first, last + 1))
    if len(set(answers)) != len(answers) or len(answers) < 2:
        raise _Fault(field, "must name two or more answers, each once")
    if scale is not None and not all(scale[0] <= answer <= scale[1] for answer in answers):
        raise _Fault(field, f"names answers outside the scale {list(scale)}")
    rows = tuple(_row(row, answers, f"{field}.{at}") for at, row in enumerate(_list(item[field], field)))
    if not any(sum(row.values()) for row in rows):
        raise _Fault(field, "has no answer at all")
    lowest, highest = scale or (min(answers), max(answers))
    return lowest, highest, rows


def _scale(item: dict[str, Any]) -> tuple[int, int] | None:
    scale = item.get("scale")
    if scale is None:
        return None
    if not isinstance(scale, list) or len(scale) != 2 or not all(type(end) is int for end in scale):
        raise _Fault("scale", "must be the lowest and the highest answer, such as [1, 4]")
    if not 0 <= scale[0] < scale[1] <= _MOST_ELEMENTS:
        raise _Fault("scale", f"must rise from 0 or more to at most {_MOST_ELEMENTS}")
    return scale[0], scale[1]


def _row(row: object, answers: tuple[int, ...], field: str) -> dict[int, int]:
    if row is None:
        return {}
    if isinstance(row, dict) and row.keys() <= {str(answer) for answer in answers}:
        row = [row.get(str(answer), 0) for answer in answers]
    if not isinstance(row, list) or len(row) != len(answers):
        raise _Fault(field, f"must be a list of {len(answers)} counts, one for each of the answers {list(answers)}")
    return {answer: _count(count, f"{field}.{at}") for at, (answer, count) in enumerate(zip(answers, row, strict=True))}


def _elements(item: dict[str, Any], *measured: tuple[Any, ...] | None) -> tuple[str, ...]:
    lengths = set(_lengths(measured))
    if len(lengths) > 1:
        raise _Fault("nrr", f"and the histogram have different numbers of elements: {sorted(lengths)}")
    (length,) = lengths
    if item.get("elements") is None:
        return tuple(f"U{number}" for number in range(1, length + 1))
    names = _list(item["elements"], "elements")
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise _Fault("elements", "must be texts")
    if len(names) != length:
        raise _Fault("elements", f"are {len(names)}, but there are figures for {length}")
    if len(set(names)) != length:
        raise _Fault("elements", "has a name twice")
    return tuple(printable(name)[:64] for name in names)


def _lengths(measured: tuple[tuple[Any, ...] | None, ...]) -> Iterator[int]:
    return (len(items) for items in measured if items is not None)
