"""The shape of a catalog: what `puas catalog apply` reads and `GET /v1/catalog` answers."""

from schemas.fields import Boolean, Choice, InstrumentId, Items, Part, Slug, StrictSchema, Text, Timezone

CHANNELS = ("kiosk", "qr", "web", "assisted", "import")
ACCESS = ("open", "signed", "paired")
LONGEST_NAME = 200


class ServiceSchema(StrictSchema):
    id = Slug(required=True)
    name = Text(LONGEST_NAME, required=True)
    instruments = Items(InstrumentId(required=True), least=1, required=True)
    retired = Boolean(load_default=False)


class TouchpointSchema(StrictSchema):
    id = Slug(required=True)
    name = Text(LONGEST_NAME, required=True)
    channel = Choice(CHANNELS, required=True)
    access = Choice(ACCESS, load_default="open")
    services = Items(Slug(required=True), least=1, required=True)
    retired = Boolean(load_default=False)


class UnitSchema(StrictSchema):
    id = Slug(required=True)
    name = Text(LONGEST_NAME, required=True)
    parent = Slug(load_default=None)
    timezone = Timezone(required=True)
    services = Items(Part(ServiceSchema), load_default=list)
    touchpoints = Items(Part(TouchpointSchema), load_default=list)
    retired = Boolean(load_default=False)


class CatalogSchema(StrictSchema):
    units = Items(Part(UnitSchema), required=True)
