"""`python -m schemas.export` writes the JSON Schemas that clients, other languages and the documentation read."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from marshmallow import Schema

from schemas import closing, index_replies, readiness, replies
from schemas.catalog_document import CatalogSchema
from schemas.feedback import EventSchema, SubmissionSchema
from schemas.json_schema import document

DIRECTORY = Path(__file__).parent / "json"
_EXPORTED: Mapping[str, tuple[Callable[[], Schema], str]] = {
    "feedback-submission": (SubmissionSchema, "Feedback submission"),
    "feedback-submitted-v1": (EventSchema, "Event feedback.submitted, version 1"),
    "catalog-file": (CatalogSchema, "Catalog file"),
    "reply-accepted": (replies.AcceptedReply, "Feedback accepted"),
    "reply-batch": (partial(replies.BatchItemReply, many=True), "Batch results"),
    "reply-indices": (index_replies.IndicesReply, "Indices"),
    "reply-comparison": (index_replies.ComparisonReply, "Comparison"),
    "reply-responses": (index_replies.ResponsesReply, "Responses"),
    "reply-catalog": (replies.CatalogReply, "Catalog"),
    "closing": (closing.ClosingSchema, "Closing a period"),
    "posting": (closing.PostingSchema, "Noting where a result was put up"),
    "reply-closing": (closing.ClosingMadeReply, "Closed period"),
    "reply-closings": (closing.ClosingsReply, "Closed periods"),
    "reply-posting": (closing.PostingReply, "Posting"),
    "reply-postings": (closing.PostingsReply, "Postings"),
    "reply-readiness": (readiness.ReadinessReply, "Award readiness"),
    "reply-problem": (replies.ProblemReply, "Problem"),
}


def texts() -> dict[str, str]:
    """File name → text of every exported JSON Schema."""
    return {
        f"{name}.schema.json": json.dumps(document(make(), title), indent=2, ensure_ascii=False) + "\n"
        for name, (make, title) in _EXPORTED.items()
    }


def main() -> None:
    """Write the files; those of schemas that are gone are removed."""
    DIRECTORY.mkdir(exist_ok=True)
    written = texts()
    for left in DIRECTORY.glob("*.schema.json"):
        if left.name not in written:
            left.unlink()
    for name, text in written.items():
        (DIRECTORY / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
