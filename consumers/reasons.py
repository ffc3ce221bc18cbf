"""Why a record can't be counted."""

from typing import Literal

Reason = Literal[
    "not_json",
    "not_an_event",
    "unknown_version",
    "unknown_catalog_entry",
    "unknown_instrument",
    "invalid_answers",
    "implausible_time",
    "not_storable",
]
"""Why a record is a dead letter; the first three are the words of schemas.feedback.Undecodable."""
