"""The event_id of an imported row: the same row of the same survey always has the same one (decision record 0015)."""

import json
from collections import Counter
from collections.abc import Mapping
from uuid import UUID, uuid5

NAMESPACE = UUID("6f1c8f0e-7d0a-5b3e-9a55-0c2e4d1b7a90")
"""Fixed for good: with another one everything imported before would count a second time."""

Content = Mapping[str, object]
"""What a row says, as JSON values: the submission without its event_id and unanswered questions, and its time."""


class Identities:
    """Gives the rows of one file their ids; remembers which rows it has seen."""

    def __init__(self, series: str) -> None:
        self._series = series
        self._seen: Counter[str] = Counter()
        self._numbered: dict[UUID, int] = {}

    def numbered(self, content: Content, number: str, row: int) -> tuple[UUID, int]:
        """The id of a row with a number of its own, and the first row of this file that had the same."""
        event_id = _uuid(self._place(content), "number", number)
        return event_id, self._numbered.setdefault(event_id, row)

    def unnumbered(self, content: Content) -> UUID:
        """The id of a row that is known by what it says and by how many said the same before it."""
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        self._seen[text] += 1
        return _uuid(self._place(content), "content", content, self._seen[text])

    def _place(self, content: Content) -> list[object]:
        return [self._series, content["unit"], content["service"], content["instrument"]]


def _uuid(*name: object) -> UUID:
    return uuid5(NAMESPACE, json.dumps(name, sort_keys=True, ensure_ascii=False, separators=(",", ":")))
