"""Words that people read, in both languages of the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["id", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Indonesian and in English.

    >>> Text(id="Baik", en="Good").in_language("en")
    'Good'
    """

    id: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.en if language == "en" else self.id
