"""What the HTTP interface answers. Clients are to pass over members they do not know: adding one is compatible."""

from marshmallow import fields

from schemas.catalog_document import ACCESS, CHANNELS, KINDS, PUBLIC
from schemas.catalog_fields import LONGEST_NAME, Served, Weights
from schemas.feedback_fields import EventId
from schemas.fields import Boolean, Choice, InstrumentId, Integer, Items, Part, Slug, Text, Timezone, Word
from schemas.reply_fields import LARGEST_COUNT, LONGEST_TEXT, Reply, count, text


class AcceptedReply(Reply):
    """202 of POST /v1/feedback: the sender may forget the feedback."""

    event_id = EventId(required=True)
    status = Choice(("accepted",), required=True)
    stored = Choice(("log", "spool"), required=True)


class ErrorReply(Reply):
    """One fault of one field; `code` is for programs, `message` for people."""

    field = fields.String(required=True, metadata={"description": "dotted path; empty for the whole document"})
    code = Word(r"[a-z0-9_]+", "not_a_slug", 63, required=True)
    message = text()


class ProblemReply(Reply):
    """RFC 9457 problem details: the answer to any request that failed."""

    type = text()
    title = text()
    status = Integer(400, 599, required=True)
    detail = Text(LONGEST_TEXT)
    instance = Text(LONGEST_TEXT)
    errors = Items(Part(ErrorReply))


class BatchItemReply(Reply):
    """What became of one item of a batch; `stored` tells where an accepted one is, `errors` what is wrong."""

    event_id = fields.String(metadata={"description": "as sent, when it could be read"})
    status = Choice(("accepted", "invalid"), required=True)
    stored = Choice(("log", "spool"))
    errors = Items(Part(ErrorReply))


class CatalogServiceReply(Reply):
    id = Slug(required=True)
    name = Text(LONGEST_NAME, required=True)
    instruments = Items(InstrumentId(required=True), required=True)
    served = Served(metadata={"description": "people served, by period label, where that is known"})
    retired = Boolean()


class CatalogTouchpointReply(Reply):
    id = Slug(required=True)
    name = Text(LONGEST_NAME, required=True)
    channel = Choice(CHANNELS, required=True)
    access = Choice(ACCESS, required=True)
    services = Items(Slug(required=True), required=True)
    retired = Boolean()


class CatalogUnitReply(Reply):
    id = Slug(required=True)
    name = Text(LONGEST_NAME, required=True)
    parent = Slug(required=True, allow_none=True)
    timezone = Timezone(required=True)
    public = Choice(PUBLIC, metadata={"description": "whose figures need no key; none when left out"})
    served = Served(metadata={"description": "people served, by period label, where that is known"})
    services = Items(Part(CatalogServiceReply), required=True)
    touchpoints = Items(Part(CatalogTouchpointReply), required=True)
    retired = Boolean()


class WordsReply(Reply):
    id = text()
    en = text()


class CatalogElementReply(Reply):
    key = Slug(required=True)
    code = text()
    name = Part(WordsReply, required=True)


class CatalogAnswerReply(Reply):
    value = count()
    label = Part(WordsReply, required=True)


class CatalogQuestionReply(Reply):
    key = Slug(required=True)
    element = Slug(required=True)
    text = Part(WordsReply, required=True)
    optional = Boolean(required=True)
    answers = Items(Part(CatalogAnswerReply), required=True)


class CatalogInstrumentReply(Reply):
    """A questionnaire, whole; `own` when the catalog brought it, not the program."""

    id = InstrumentId(required=True)
    name = Part(WordsReply, required=True)
    kind = Choice(KINDS, required=True)
    own = Boolean(required=True)
    weights = Weights(required=True)
    bands = InstrumentId(required=True, allow_none=True)
    elements = Items(Part(CatalogElementReply), required=True)
    questions = Items(Part(CatalogQuestionReply), required=True)


class CatalogReply(Reply):
    """GET /v1/catalog; what is retired says so."""

    version = Integer(0, LARGEST_COUNT)
    instruments = Items(Part(CatalogInstrumentReply))
    units = Items(Part(CatalogUnitReply), required=True)
