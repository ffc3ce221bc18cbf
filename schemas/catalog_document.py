"""The shape of a catalog: what `puas catalog apply` reads and `GET /v1/catalog` answers."""

import re
from typing import Any

from schemas.fields import (
    Boolean,
    Choice,
    Description,
    InstrumentId,
    Items,
    Part,
    Slug,
    StrictSchema,
    Text,
    Timezone,
    refusal,
)
from schemas.violation import STEERING

CHANNELS = ("kiosk", "qr", "web", "assisted", "import")
ACCESS = ("open",)
LONGEST_NAME = 200
_steering = re.compile(f"[{STEERING}]").search


class Name(Text):
    """What people read in terminals, logs and pages: one line, without characters that steer any of them."""

    def __init__(self) -> None:
        super().__init__(LONGEST_NAME, required=True)

    def read(self, value: Any) -> str | None:
        name = super().read(value)
        if name is not None and _steering(name):
            raise refusal("bad_characters")
        return name

    def description(self) -> Description:
        return super().description() | {"pattern": rf"^(?![\s\S]*[{STEERING}])[\s\S]*\S"}


class ServiceSchema(StrictSchema):
    id = Slug(required=True)
    name = Name()
    instruments = Items(InstrumentId(required=True), least=1, required=True)
    retired = Boolean(load_default=False)


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


class CatalogSchema(StrictSchema):
    units = Items(Part(UnitSchema), required=True)
