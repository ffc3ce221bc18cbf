"""What the integrity zone awards (Zona Integritas: WBK, WBBM) ask of surveys, as versioned data with its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

import yaml

from satisfaction.rounding import half_up
from satisfaction.text import Text

CURRENT = "permenpanrb-90-2021@1"
BEST_INDEX = 4

Perception = Literal["ipkp", "ipak"]
PERCEPTIONS: tuple[Perception, ...] = ("ipkp", "ipak")
AwardKind = Literal["wbk", "wbbm"]
AWARDS: tuple[AwardKind, ...] = ("wbk", "wbbm")


@dataclass(frozen=True, slots=True)
class Minimum:
    """The least that an award takes of a perception index: as component of the evaluation's total, and as index 1..4.

    `instrument` is the questionnaire's name without its version; `weight` is the component of a perfect index.
    """

    perception: Perception
    name: Text
    instrument: str
    weight: Decimal
    component: Decimal
    index: Decimal
    source: Text

    def reached_by(self, index: Decimal) -> bool:
        """Whether an index as published is enough."""
        return index >= self.index


@dataclass(frozen=True, slots=True)
class Award:
    """An award, the total its evaluation needs, and the minima of both perception indices."""

    kind: AwardKind
    rules: str
    name: Text
    total: Decimal
    minima: Mapping[Perception, Minimum]
    source: Text


@dataclass(frozen=True, slots=True)
class Score:
    """What the evaluation sheet gives, 0..1; None when it has no line for this case."""

    score: Decimal | None
    words: Text
    source: Text


class UnknownAward(KeyError):
    """No award rules have this id, or no award this name; reject what named it."""

    def __str__(self) -> str:
        return f"no award or award rules are called {self.args[0]!r}"


def component(index: Decimal | Fraction, weight: Decimal) -> Decimal:
    """What a perception index adds to the evaluation's total, 2 decimals: weight · index / 4 (PermenPANRB 90/2021).

    >>> component(Decimal("3.60"), Decimal("17.5")), component(Decimal("3.20"), Decimal("17.5"))
    (Decimal('15.75'), Decimal('14.00'))
    """
    return half_up(Fraction(weight) * Fraction(index) / BEST_INDEX, 2)


def award(kind: AwardKind, rules: str = CURRENT) -> Award:
    """An award under a version of the rules. Raises UnknownAward.

    >>> [(minimum.perception, str(minimum.index)) for minimum in award("wbk").minima.values()]
    [('ipkp', '3.20'), ('ipak', '3.60')]
    """
    document = _rules(rules)
    try:
        given = document["awards"][kind]
    except KeyError:
        raise UnknownAward(kind) from None
    source = Text(**given["source"])
    minima = {
        perception: _minimum(perception, document["perceptions"][perception], given["minima"][perception], source)
        for perception in PERCEPTIONS
    }
    total = Decimal(given["total"])
    return Award(kind, rules, Text(**given["name"]), total, MappingProxyType(minima), source)


def frequency_score(surveys: int, rules: str = CURRENT) -> Score:
    """For how many surveys were carried out in a year. ValueError below zero; raises UnknownAward.

    >>> [str(frequency_score(surveys).score) for surveys in (0, 1, 2, 3, 4, 12)]
    ['0.00', '0.25', '0.50', '0.75', '1.00', '1.00']
    """
    if surveys < 0:
        raise ValueError("a number of surveys is not below zero")
    given = _rules(rules)["frequency"]
    return _score(next(line for line in given["scores"] if surveys >= line["from"]), given)


def publication_score(*, online: bool, offline: bool, rules: str = CURRENT) -> Score:
    """For where the result can be read. Raises UnknownAward.

    >>> publication_score(online=True, offline=True).score, publication_score(online=False, offline=True).score
    (Decimal('1.00'), Decimal('0.50'))
    >>> publication_score(online=True, offline=False).score is None
    True
    """
    given = _rules(rules)["publication"]
    line = next(line for line in given["scores"] if line["online"] is online and line["offline"] is offline)
    return _score(line, given)


def _minimum(perception: Perception, given: dict[str, Any], least: str, source: Text) -> Minimum:
    weight, needed = Decimal(given["weight"]), Decimal(least)
    index = half_up(Fraction(needed) * BEST_INDEX / Fraction(weight), 2)
    return Minimum(perception, Text(**given["name"]), given["instrument"], weight, needed, index, source)


def _score(line: dict[str, Any], given: dict[str, Any]) -> Score:
    score = None if line["score"] is None else Decimal(line["score"])
    return Score(score, Text(**line["words"]), Text(**given["source"]))


def _rules(rules: str) -> dict[str, Any]:
    try:
        return _documents()[rules]
    except KeyError:
        raise UnknownAward(rules) from None


@cache
def _documents() -> Mapping[str, dict[str, Any]]:
    folder = resources.files("satisfaction") / "data" / "awards"
    files = [file for file in folder.iterdir() if file.name.endswith(".yaml")]
    documents = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return MappingProxyType({document["id"]: document for document in documents})
