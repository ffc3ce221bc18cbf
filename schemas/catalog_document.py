"""The shape of a catalog: what `puas catalog apply` reads and `GET /v1/catalog` answers."""

from schemas.catalog_fields import LONGEST_QUESTION, AnswerWords, Name, Served, Weights
from schemas.fields import Boolean, Choice, InstrumentId, Items, Part, Slug, StrictSchema, Timezone

IMPORT = "import"
CHANNELS = ("kiosk", "qr", "web", "assisted", IMPORT)
ACCESS = ("open",)
LONGEST_CODE = 12
KINDS = ("ikm", "perception", "satisfaction", "nps")
PUBLIC = ("none", "unit", "services")


class ServiceSchema(StrictSchema):
    id = Slug(required=True)
    name = Name()
    instruments = Items(InstrumentId(required=True), least=1, required=True)
    retired = Boolean(load_default=False)
    served = Served(load_default=dict)


class TouchpointSchema(StrictSchema):
    id = Slug(required=True)
    name = Name()
    channel = Choice(CHANNELS, required=True)
    access = Choice(ACCESS, load_default="open")
    services = Items(Slug(required=True), least=1, required=True)
    retired = Boolean(load_default=False)


class UnitSchema(StrictSchema):
    id = Slug(required=True)
    name = Name()
    parent = Slug(load_default=None)
    timezone = Timezone(required=True)
    services = Items(Part(ServiceSchema), load_default=list)
    touchpoints = Items(Part(TouchpointSchema), load_default=list)
    retired = Boolean(load_default=False)
    public = Choice(PUBLIC, load_default="none")
    served = Served(load_default=dict)


class NameSchema(StrictSchema):
    id = Name()
    en = Name()


class WordingSchema(StrictSchema):
    id = Name(LONGEST_QUESTION)
    en = Name(LONGEST_QUESTION)


class ElementSchema(StrictSchema):
    key = Slug(required=True)
    code = Name(LONGEST_CODE)
    name = Part(NameSchema, required=True)


class QuestionSchema(StrictSchema):
    key = Slug(required=True)
    element = Slug(required=True)
    optional = Boolean(load_default=True)
    text = Part(WordingSchema, required=True)
    answers = AnswerWords()


class InstrumentSchema(StrictSchema):
    """A questionnaire an office made itself; with `based_on` its elements and questions follow those of another.

    `answers` are those of every question that has none of its own; without any, those of the base.
    """

    id = InstrumentId(required=True)
    name = Part(NameSchema, required=True)
    based_on = InstrumentId()
    kind = Choice(KINDS)
    answers = AnswerWords()
    elements = Items(Part(ElementSchema), load_default=list)
    questions = Items(Part(QuestionSchema), load_default=list)
    weights = Weights()
    bands = InstrumentId()


class CatalogSchema(StrictSchema):
    instruments = Items(Part(InstrumentSchema), load_default=list)
    units = Items(Part(UnitSchema), required=True)
