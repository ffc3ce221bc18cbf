"""What the HTTP interface answers. Clients are to pass over members they do not know: adding one is compatible."""

from marshmallow import EXCLUDE, Schema, fields

from schemas.catalog_document import ACCESS, CHANNELS, KINDS, PUBLIC
from schemas.catalog_fields import LONGEST_NAME, Served, Weights
from schemas.feedback_fields import EventId
from schemas.fields import Boolean, Choice, InstrumentId, Integer, Items, Moment, Part, Slug, Text, Timezone, Word

LARGEST_COUNT = 2**53 - 1
LONGEST_TEXT = 2000


class Reply(Schema):
    class Meta(Schema.Meta):
        unknown = EXCLUDE


def _text() -> Text:
    return Text(LONGEST_TEXT, required=True)


def _count() -> Integer:
    return Integer(0, LARGEST_COUNT, required=True)


def _figure() -> fields.Float:
    return fields.Float(required=True, allow_none=True)


class AcceptedReply(Reply):
    """202 of POST /v1/feedback: the sender may forget the feedback."""

    event_id = EventId(required=True)
    status = Choice(("accepted",), required=True)
    stored = Choice(("log", "spool"), required=True)


class ErrorReply(Reply):
    """One fault of one field; `code` is for programs, `message` for people."""

    field = fields.String(required=True, metadata={"description": "dotted path; empty for the whole document"})
    code = Word(r"[a-z0-9_]+", "not_a_slug", 63, required=True)
    message = _text()


class ProblemReply(Reply):
    """RFC 9457 problem details: the answer to any request that failed."""

    type = _text()
    title = _text()
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
    id = _text()
    en = _text()


class CatalogElementReply(Reply):
    key = Slug(required=True)
    code = _text()
    name = Part(WordsReply, required=True)


class CatalogAnswerReply(Reply):
    value = _count()
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


class PeriodReply(Reply):
    """From `from` up to, not including, `to`."""

    label = _text()
    from_ = Moment(required=True, data_key="from")
    to = Moment(required=True)


class ElementReply(Reply):
    """One element (unsur): its mean answer, and how often each answer was given."""

    key = Slug(required=True)
    code = _text()
    name = _text()
    n = _count()
    nrr = _figure()
    distribution = fields.Dict(keys=Word(r"[0-9]+", "not_an_integer", 4), values=_count(), required=True)


class IndexReply(Reply):
    """The figures of one group in one period; null where nobody has answered or the group is suppressed."""

    unit = Slug(required=True)
    service = Slug(required=True, allow_none=True)
    touchpoint = Slug(required=True, allow_none=True)
    channel = Choice(CHANNELS, required=True, allow_none=True)
    instrument = InstrumentId(required=True)
    period = Part(PeriodReply, required=True)
    n = _count()
    excluded = _count()
    index = _figure()
    ikm = _figure()
    band = Text(LONGEST_TEXT, required=True, allow_none=True)
    band_label = Text(LONGEST_TEXT, required=True, allow_none=True)
    elements = Items(Part(ElementReply), required=True)
    suppressed = Boolean(required=True)


class RulesReply(Reply):
    """The versions of the rules that made the figures."""

    weights = Choice(("exact", "0.1111", "0.111", "0.11"), required=True)
    bands = _text()
    misuse = _text()


class AsOfReply(Reply):
    """How far the figures reach: the next position of each partition of the event log, and when it was last moved."""

    time = Moment(required=True, allow_none=True)
    positions = fields.Dict(keys=Word(r"[0-9]+", "not_an_integer", 10), values=_count(), required=True)


class IndicesReply(Reply):
    """GET /v1/indices."""

    query = fields.Dict(required=True)
    rules = Part(RulesReply, required=True)
    as_of = Part(AsOfReply, required=True)
    items = Items(Part(IndexReply), required=True)
