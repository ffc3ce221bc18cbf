"""What is answered about readiness for the integrity zone awards. Adding a member is compatible."""

from marshmallow import fields

from schemas import reply_fields as plain
from schemas.closing import ClosablePeriod, Day
from schemas.fields import Boolean, Choice, InstrumentId, Items, Moment, Part, Slug
from schemas.index_replies import ClosingRefReply, LimitsReply, PeriodReply
from schemas.reply_fields import Reply

AWARDS = ("wbk", "wbbm")
PERCEPTIONS = ("ipkp", "ipak")
STATES = ("published", "not_closed", "running", "not_begun")
VERDICTS = ("reached", "not_reached", "cannot_tell")
HINTS = ("straddles", "no_interval", "rounded")
ONLINE = ("shown", "held_back", "not_public")
NOT_KEPT = ("total", "follow_up", "complaint_channel", "complaint_evaluation")


class AwardReply(Reply):
    """An award and the total its evaluation needs, which Puas does not know."""

    award = Choice(AWARDS, required=True)
    name = plain.text()
    total = fields.Float(required=True)
    source = plain.text()


class MinimumReply(Reply):
    """The least that an award takes, as index and as what that adds to the total."""

    award = Choice(AWARDS, required=True)
    index = fields.Float(required=True)
    component = fields.Float(required=True)
    source = plain.text()


class AgainstReply(Reply):
    """What an award says to a figure: the index decides, `hints` say how far to trust that; `words` say both."""

    award = Choice(AWARDS, required=True)
    verdict = Choice(VERDICTS, required=True)
    hints = Items(Choice(HINTS), required=True)
    words = plain.text()


class PerceptionFigureReply(Reply):
    """A perception index (1 to 4) of a year or a quarter, its interval on the same scale; null before any answer."""

    period = Part(PeriodReply, required=True)
    state = Choice(STATES, required=True)
    n = plain.count()
    excluded = plain.count()
    index = plain.figure()
    interval = Part(LimitsReply, required=True, allow_none=True)
    component = plain.figure()
    closing = Part(ClosingRefReply, required=True, allow_none=True)
    awards = Items(Part(AgainstReply), required=True)


class PerceptionReply(Reply):
    """One index by one questionnaire; `weight` is the component of a perfect index."""

    perception = Choice(PERCEPTIONS, required=True)
    name = plain.text()
    instrument = InstrumentId(required=True)
    weight = fields.Float(required=True)
    minima = Items(Part(MinimumReply), required=True)
    year = Part(PerceptionFigureReply, required=True)
    quarters = Items(Part(PerceptionFigureReply), required=True)


class PostedReply(Reply):
    """Where a result hangs on paper."""

    place = plain.text()
    posted_on = Day(required=True)


class ResultReply(Reply):
    """A closed period with responses to the satisfaction survey, and where its result can be read."""

    period = ClosablePeriod(required=True)
    revision = plain.count()
    closed_at = Moment(required=True)
    n = plain.count()
    counted = Boolean(required=True, metadata={"description": "false when a shorter closed period inside is counted"})
    online = Choice(ONLINE, required=True)
    postings = Items(Part(PostedReply), required=True)


class WaitingReply(Reply):
    """A quarter with responses that counts for no survey before it is closed."""

    period = ClosablePeriod(required=True)
    state = Choice(STATES, required=True)
    n = plain.count()


class SurveysReply(Reply):
    """How many satisfaction surveys the year has, and what the evaluation sheet gives for that."""

    count = plain.count()
    score = plain.figure()
    words = plain.text()
    source = plain.text()
    results = Items(Part(ResultReply), required=True)
    waiting = Items(Part(WaitingReply), required=True)


class PublicationReply(Reply):
    """Whether results can be read online and on paper; `score` null where the sheet has no line for that."""

    online = Boolean(required=True)
    offline = Boolean(required=True)
    score = plain.figure()
    words = plain.text()
    source = plain.text()
    missing_online = Items(ClosablePeriod(), required=True)
    missing_offline = Items(ClosablePeriod(), required=True)


class UnitReadinessReply(Reply):
    """The lines of one unit, by its own responses."""

    unit = Slug(required=True)
    name = plain.text()
    perceptions = Items(Part(PerceptionReply), required=True)
    surveys = Part(SurveysReply, required=True)
    publication = Part(PublicationReply, required=True)


class NotKeptReply(Reply):
    """What the evaluation asks and Puas does not keep."""

    line = Choice(NOT_KEPT, required=True)
    words = plain.text()
    source = plain.text()


class ReadinessReply(Reply):
    """GET /v1/readiness; `below` are the units right below the one asked for."""

    query = fields.Dict(required=True)
    rules = InstrumentId(required=True)
    note = plain.text()
    awards = Items(Part(AwardReply), required=True)
    unit = Part(UnitReadinessReply, required=True)
    below = Items(Part(UnitReadinessReply), required=True)
    not_kept = Items(Part(NotKeptReply), required=True)
