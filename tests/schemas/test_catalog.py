"""Looking things up in a catalog, judging feedback by it, and merging a new file into what was."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from schemas.catalog import EMPTY, Catalog, Service, Touchpoint, Unit, from_document, to_document
from schemas.catalog_file import merge
from schemas.violation import CODES, Invalid

IJAZAH = Service("ijazah", "Legalisasi ijazah", ("skm-2017@1", "smiley@1"))
DATA = Service("data", "Layanan data", ("smiley@1",))
OLD = Service("old", "Layanan lama", ("smiley@1",), retired=True)
KIOSK = Touchpoint("kiosk-1", "Kiosk", "kiosk", "open", ("ijazah", "old"))
GONE = Touchpoint("kiosk-0", "Kiosk lama", "kiosk", "open", ("ijazah",), retired=True)
JATIM = Unit("jatim", "ULT Jatim", None, "Asia/Jakarta", (IJAZAH, DATA, OLD), (KIOSK, GONE))
POSTER = Touchpoint("qr-1", "Poster", "qr", "open", ("ijazah",))
PAPUA = Unit("papua", "ULT Papua", "jatim", "Asia/Jayapura", (IJAZAH,), (POSTER,))
CLOSED = Unit("closed", "ULT lama", None, "Asia/Jakarta", (OLD,), (replace(GONE, id="kiosk-9"),), retired=True)
CATALOG = Catalog((JATIM, PAPUA, CLOSED))


def test_lookups_answer_none_for_what_is_not_there() -> None:
    """Units by id, services by unit and id, touchpoints by id with their unit."""
    assert CATALOG.unit("papua") == PAPUA
    assert CATALOG.service("jatim", "data") == DATA
    assert CATALOG.touchpoint("qr-1") == (PAPUA, POSTER)
    assert (CATALOG.unit("x"), CATALOG.service("papua", "data"), CATALOG.touchpoint("x")) == (None, None, None)
    assert EMPTY.unit("jatim") is None


def test_a_unit_knows_its_zone() -> None:
    """Days and hours are counted in it."""
    assert PAPUA.zone == ZoneInfo("Asia/Jayapura")


@pytest.mark.parametrize(
    ("unit", "service", "touchpoint", "instrument", "expected"),
    [
        ("jatim", "ijazah", "kiosk-1", "smiley@1", []),
        ("x", "ijazah", "kiosk-1", "smiley@1", [("unit", "unknown_unit")]),
        ("jatim", "x", "y", "smiley@1", [("service", "unknown_service"), ("touchpoint", "unknown_touchpoint")]),
        ("jatim", "ijazah", "qr-1", "smiley@1", [("touchpoint", "unknown_touchpoint")]),
        ("jatim", "old", "kiosk-1", "smiley@1", [("service", "retired_service")]),
        ("jatim", "ijazah", "kiosk-0", "smiley@1", [("touchpoint", "retired_touchpoint")]),
        ("jatim", "old", "kiosk-0", "x", [("service", "retired_service"), ("touchpoint", "retired_touchpoint")]),
        ("closed", "old", "kiosk-9", "smiley@1", [("unit", "retired_unit")]),
        ("jatim", "data", "kiosk-1", "smiley@1", [("service", "not_at_touchpoint")]),
        ("jatim", "ijazah", "kiosk-1", "skm-2017@2", [("instrument", "not_for_service")]),
        ("jatim", "data", "kiosk-1", "x@1", [("service", "not_at_touchpoint"), ("instrument", "not_for_service")]),
    ],
)
def test_new_feedback_must_fit_the_catalog(
    unit: str, service: str, touchpoint: str, instrument: str, expected: list[tuple[str, str]]
) -> None:
    """Each misfit is named by field and code."""
    faults = CATALOG.faults(unit, service, touchpoint, instrument)
    assert [(fault.field, fault.code) for fault in faults] == expected
    assert {fault.code for fault in faults} <= CODES


@pytest.mark.parametrize(
    ("unit", "service", "touchpoint", "expected"),
    [
        ("jatim", "old", "kiosk-0", []),
        ("closed", "old", "kiosk-9", []),
        ("jatim", "data", "kiosk-1", []),
        ("jatim", "ijazah", "qr-1", []),
        ("jatim", "x", "kiosk-1", ["unknown_service"]),
        ("jatim", "ijazah", "x", ["unknown_touchpoint"]),
        ("x", "ijazah", "kiosk-1", ["unknown_unit"]),
    ],
)
def test_past_feedback_need_only_name_what_is_known(
    unit: str, service: str, touchpoint: str, expected: list[str]
) -> None:
    """A replay counts what was accepted before something was retired, moved or taken off a touchpoint."""
    faults = CATALOG.faults(unit, service, touchpoint, "gone@1", allow_retired=True)
    assert [fault.code for fault in faults] == expected


@pytest.mark.parametrize("catalog", [EMPTY, CATALOG])
def test_documents_give_back_the_catalog(catalog: Catalog) -> None:
    """What is stored is what was applied, order and retirement included."""
    assert from_document(to_document(catalog)) == catalog


def test_the_document_has_the_promised_shape() -> None:
    """Only what is retired says so."""
    assert to_document(Catalog((PAPUA, replace(CLOSED, services=(), touchpoints=())))) == {
        "units": [
            {
                "id": "papua",
                "name": "ULT Papua",
                "parent": "jatim",
                "timezone": "Asia/Jayapura",
                "services": [
                    {"id": "ijazah", "name": "Legalisasi ijazah", "instruments": ["skm-2017@1", "smiley@1"]},
                ],
                "touchpoints": [
                    {"id": "qr-1", "name": "Poster", "channel": "qr", "access": "open", "services": ["ijazah"]},
                ],
            },
            {
                "id": "closed",
                "name": "ULT lama",
                "parent": None,
                "timezone": "Asia/Jakarta",
                "services": [],
                "touchpoints": [],
                "retired": True,
            },
        ]
    }


@pytest.mark.parametrize("document", [None, [], {}, {"units": 1}, {"units": [{"id": 1}]}, {"units": [[]]}])
def test_other_documents_are_invalid(document: object) -> None:
    """Violations name where."""
    with pytest.raises(Invalid) as caught:
        from_document(document)
    assert {violation.code for violation in caught.value.violations} <= CODES


def test_merging_a_catalog_with_itself_changes_nothing() -> None:
    """Applying the same file again is no change."""
    assert merge(CATALOG, CATALOG) == CATALOG
    assert merge(EMPTY, CATALOG) == CATALOG


def test_a_new_name_is_a_renaming() -> None:
    """The id is the identity."""
    renamed = Catalog(
        (replace(JATIM, name="ULT Surabaya", services=(replace(IJAZAH, name="Ijazah"), DATA, OLD)), PAPUA)
    )
    merged = merge(CATALOG, renamed)
    assert merged.units[:2] == renamed.units


def test_what_disappears_is_retired_and_put_last() -> None:
    """A service, a touchpoint and a unit with all it has."""
    merged = merge(CATALOG, Catalog((replace(JATIM, services=(DATA,), touchpoints=()),)))
    assert [unit.id for unit in merged.units] == ["jatim", "papua", "closed"]
    assert [(service.id, service.retired) for service in merged.units[0].services] == [
        ("data", False),
        ("ijazah", True),
        ("old", True),
    ]
    assert all(touchpoint.retired for touchpoint in merged.units[0].touchpoints)
    papua = merged.units[1]
    assert (papua.retired, papua.services[0].retired, papua.touchpoints[0].retired) == (True, True, True)
    assert (papua.name, papua.timezone) == (PAPUA.name, PAPUA.timezone)


def test_what_comes_back_is_no_longer_retired() -> None:
    """A unit that reopens takes up its old ids."""
    away = merge(CATALOG, Catalog((JATIM,)))
    assert merge(away, Catalog((JATIM, PAPUA))).units[:2] == (JATIM, PAPUA)


def test_a_unit_that_comes_back_without_a_service_keeps_it_retired() -> None:
    """Only what the file lists is active."""
    away = merge(CATALOG, Catalog((PAPUA,)))
    back = merge(away, Catalog((replace(JATIM, services=(IJAZAH,)), PAPUA)))
    assert [(service.id, service.retired) for service in back.units[0].services] == [
        ("ijazah", False),
        ("data", True),
        ("old", True),
    ]


@pytest.mark.parametrize("jatim_stays", [True, False])
def test_a_touchpoint_listed_under_another_unit_has_moved(jatim_stays: bool) -> None:
    """It is never in two units at once; its past feedback is still counted."""
    arrived = replace(PAPUA, parent=None, touchpoints=(POSTER, replace(KIOSK, services=("ijazah",))))
    left = (replace(JATIM, touchpoints=(GONE,)),) if jatim_stays else ()
    merged = merge(CATALOG, Catalog((*left, arrived)))
    ids = [touchpoint.id for unit in merged.units for touchpoint in unit.touchpoints]
    assert sorted(ids) == ["kiosk-0", "kiosk-1", "kiosk-9", "qr-1"]
    place = merged.touchpoint("kiosk-1")
    assert place is not None
    assert place[0].id == "papua"
    assert not place[1].retired
    assert merged.faults("jatim", "ijazah", "kiosk-1", "smiley@1", allow_retired=True) == []
