"""What is answered about indices and responses. Adding a member is compatible."""

from marshmallow import fields

from schemas import reply_fields as plain
from schemas.catalog_document import CHANNELS
from schemas.feedback_fields import EventId
from schemas.fields import Boolean, Choice, InstrumentId, Items, Moment, Part, Slug, Text, Word
from schemas.reply_fields import LONGEST_TEXT, Reply, told

WEIGHTS = ("exact", "0.1111", "0.111", "0.11", "0.071")
INTERVAL_OF = ("ikm", "nps", "share")
VERDICTS = ("higher", "lower", "no_difference", "cannot_tell")


class PeriodReply(Reply):
    """From `from` up to, not including, `to`."""

    label = plain.text()
    from_ = Moment(required=True, data_key="from")
    to = Moment(required=True)


class IntervalReply(Reply):
    """What chance in who was asked may make of a figure; `of` says in whose points."""

    low = fields.Float(required=True)
    high = fields.Float(required=True)
    level = fields.Float(required=True)
    standard_error = fields.Float(required=True)
    of = Choice(INTERVAL_OF, required=True)


class ShareReply(Reply):
    """The top two answers: how many of all, in percent."""

    percent = fields.Float(required=True)
    count = plain.count()
    n = plain.count()
    interval = Part(IntervalReply, required=True)


class ElementReply(Reply):
    """One element (unsur): its mean answer, and how often each answer was given; null where that is held back."""

    key = Slug(required=True)
    code = plain.text()
    name = plain.text()
    n = plain.count_or_null("answers")
    nrr = plain.figure("mean answer, three decimals")
    weighted = plain.figure("the NRR times the weight of the element")
    band = plain.text_or_null()
    distribution = fields.Dict(
        keys=Word(r"[0-9]+", "not_an_integer", 4), values=plain.count(), required=True, allow_none=True
    )


class HeadlineReply(Reply):
    """The figures of one way to count."""

    n = plain.count()
    index = plain.figure()
    ikm = plain.figure()
    nps = plain.figure()


class MisuseReply(Reply):
    """Which figures are shown, and both of them: without and with what misuse rules left out; null without a key."""

    mode = Choice(("exclude", "include"), required=True)
    without_flagged = Part(HeadlineReply, required=True, allow_none=True)
    with_flagged = Part(HeadlineReply, required=True, allow_none=True)


class SampleReply(Reply):
    """Whether enough of the people served answered (Krejcie and Morgan)."""

    population = plain.count()
    needed = plain.count()
    adequate = Boolean(required=True)


class ClosingRefReply(Reply):
    """The closing that froze the figure; `late` responses arrived after it and are not counted, null without a key."""

    revision = plain.count()
    closed_at = Moment(required=True)
    digest = plain.text()
    late = plain.count_or_null()


class IndexReply(Reply):
    """The figures of one group in one period; null where nobody has answered or the group is held back."""

    unit = Slug(required=True)
    service = Slug(required=True, allow_none=True)
    touchpoint = Slug(required=True, allow_none=True)
    channel = Choice(CHANNELS, required=True, allow_none=True)
    respondent = fields.Dict(
        keys=Slug(),
        values=Slug(allow_none=True),
        required=True,
        metadata={"description": "respondent fields filtered or grouped by; null is not stated"},
    )
    element = Slug(required=True, allow_none=True)
    instrument = InstrumentId(required=True)
    period = Part(PeriodReply, required=True)
    n = plain.count_or_null("responses")
    excluded = plain.count_or_null("responses that a rule against misuse left out")
    index = plain.figure("weighted mean on the scale of the answers, four decimals; of an element its NRR")
    ikm = plain.figure("the index on the scale that is published, two decimals")
    band = plain.text_or_null()
    band_label = plain.text_or_null()
    bands = InstrumentId(required=True, allow_none=True, metadata=told("the table that `band` is from"))
    weights = Choice((*WEIGHTS, "own"), required=True, metadata=told("the convention used for this item"))
    interval = Part(IntervalReply, required=True, allow_none=True)
    csat = Part(ShareReply, required=True, allow_none=True)
    nps = plain.figure("net promoter score, from -100 to 100")
    misuse = Part(MisuseReply, required=True)
    sample = Part(SampleReply, required=True, allow_none=True)
    closing = Part(ClosingRefReply, required=True, allow_none=True)
    elements = Items(Part(ElementReply), required=True)
    suppressed = Boolean(required=True, metadata=told("whether something is held back from who asks"))


class RulesReply(Reply):
    """The versions of the rules that made the figures; each item names the weights used for it."""

    weights = Choice(WEIGHTS, required=True)
    bands = fields.String(required=True, metadata={"description": "band tables, comma-separated"})
    misuse = plain.text()


class AsOfReply(Reply):
    """How far the figures reach: the next position of each partition of the event log, and when it was last moved."""

    time = Moment(required=True, allow_none=True)
    positions = fields.Dict(keys=Word(r"[0-9]+", "not_an_integer", 10), values=plain.count(), required=True)


class IndicesReply(Reply):
    """GET /v1/indices; `note` says what the intervals describe."""

    query = fields.Dict(required=True)
    rules = Part(RulesReply, required=True)
    as_of = Part(AsOfReply, required=True)
    note = plain.text()
    items = Items(Part(IndexReply), required=True)


class SubjectReply(IndexReply):
    """One of what is compared: its figures, and a name that tells it apart."""

    name = plain.text()


class LimitsReply(Reply):
    """The interval of a difference, in points."""

    low = fields.Float(required=True)
    high = fields.Float(required=True)
    level = fields.Float(required=True)


class PairReply(Reply):
    """How the first of two subjects, by their places in `subjects`, differs from the second."""

    first = plain.count()
    second = plain.count()
    difference = plain.figure()
    interval = Part(LimitsReply, required=True, allow_none=True)
    verdict = Choice(VERDICTS, required=True)
    words = plain.text()


class ComparisonReply(Reply):
    """GET /v1/indices/comparison."""

    query = fields.Dict(required=True)
    rules = Part(RulesReply, required=True)
    as_of = Part(AsOfReply, required=True)
    note = plain.text()
    subjects = Items(Part(SubjectReply), required=True)
    pairs = Items(Part(PairReply), required=True)


class ResponseReply(Reply):
    """One response as it was counted, its moments on the unit's own clocks."""

    event_id = EventId(required=True)
    occurred_at = Moment(required=True)
    received_at = Moment(required=True)
    unit = Slug(required=True)
    service = Slug(required=True)
    touchpoint = Slug(required=True)
    channel = Choice(CHANNELS, required=True)
    instrument = InstrumentId(required=True)
    answers = fields.Dict(keys=Slug(), values=plain.count_or_null(), required=True)
    respondent = fields.Dict(keys=Slug(), values=Slug(), required=True)
    comment = Text(LONGEST_TEXT, required=True, allow_none=True)
    language = plain.text_or_null()
    duration_ms = plain.count_or_null()
    flags = Items(Slug(), required=True)
    included = Boolean(required=True)


class ResponsesReply(Reply):
    """GET /v1/responses: one page; `next` is the cursor of the next, null at the end."""

    query = fields.Dict(required=True)
    items = Items(Part(ResponseReply), required=True)
    next = plain.text_or_null()
