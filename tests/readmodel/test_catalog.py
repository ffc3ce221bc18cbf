"""The catalogs applied so far."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from readmodel.catalog import Applied, InstrumentsChanged, apply_catalog, catalog_version, history, load_catalog
from readmodel.database import reading, writing
from schemas.catalog import EMPTY, Catalog, Service, Touchpoint, Unit, from_document

_SERVICE = Service("ktp", "Kartu Tanda Penduduk", ("skm-2017@1",))
_OTHER = Service("akta", "Akta", ("smiley@1", "skm-2017@1"))
_KIOSK = Touchpoint("kiosk-1", "Kiosk 1", "kiosk", "open", ("ktp",))
_UNIT = Unit("disdukcapil", "Dinas Kependudukan", None, "Asia/Jakarta", (_SERVICE, _OTHER), (_KIOSK,))
_CATALOG = Catalog((_UNIT,))
RENAMED = 'unit disdukcapil renamed "Dinas Kependudukan" → "Dukcapil"'


def _apply(engine: Engine, catalog: Catalog, now_ms: int = 1) -> Applied:
    with writing(engine) as conn:
        return apply_catalog(conn, catalog, now_ms)


def test_before_the_first_there_is_an_empty_catalog(database: Engine) -> None:
    with reading(database) as conn:
        assert catalog_version(conn) == 0
        assert load_catalog(conn) == (0, EMPTY)
        assert history(conn) == []


def test_a_catalog_comes_back_as_it_was_applied(database: Engine) -> None:
    added = (
        "unit disdukcapil",
        "service disdukcapil/ktp",
        "service disdukcapil/akta",
        "touchpoint disdukcapil/kiosk-1",
    )
    assert _apply(database, _CATALOG) == Applied(1, changed=True, changes=tuple(f"{name} added" for name in added))
    with reading(database) as conn:
        assert catalog_version(conn) == 1
        assert load_catalog(conn) == (1, _CATALOG)


def test_applying_the_same_again_makes_no_version(database: Engine) -> None:
    _apply(database, _CATALOG)
    assert _apply(database, _CATALOG, now_ms=2) == Applied(1, changed=False, changes=())


def test_what_is_no_longer_listed_is_kept_retired(database: Engine) -> None:
    _apply(database, _CATALOG)
    smaller = Catalog((replace(_UNIT, name="Dukcapil", services=(_SERVICE,)),))
    applied = _apply(database, smaller, now_ms=2)
    assert applied == Applied(2, True, (RENAMED, "service disdukcapil/akta retired"))
    assert not _apply(database, smaller, now_ms=3).changed
    with reading(database) as conn:
        _version, catalog = load_catalog(conn)
        retired = catalog.service("disdukcapil", "akta")
        assert retired == replace(_OTHER, retired=True)


def test_a_questionnaire_with_other_content_under_its_id_is_refused(database: Engine) -> None:
    """Also once no file lists it any more: what was answered keeps its meaning."""
    own = {"id": "skm-dinas@1", "name": {"id": "SKM Dinas", "en": "Our survey"}, "based_on": "skm-2017@1"}
    (made,) = from_document({"units": [], "instruments": [own]}).instruments
    added = _apply(database, replace(_CATALOG, instruments=(made,)))
    assert added.changes[0] == "instrument skm-dinas@1 added"
    assert not _apply(database, _CATALOG).changed
    with pytest.raises(InstrumentsChanged, match="as in skm-dinas@2"):
        _apply(database, replace(_CATALOG, instruments=(dict(made) | {"weights": "0.11"},)))
    with reading(database) as conn:
        assert catalog_version(conn) == 1
        assert [made["id"] for made in load_catalog(conn)[1].instruments] == ["skm-dinas@1"]


def test_what_is_listed_again_is_back(database: Engine) -> None:
    for catalog in (_CATALOG, Catalog((replace(_UNIT, services=(_SERVICE,)),)), _CATALOG):
        applied = _apply(database, catalog)
    assert applied == Applied(3, True, ("service disdukcapil/akta is back",))


def test_a_new_order_and_a_move_are_told(database: Engine) -> None:
    _apply(database, _CATALOG)
    turned = Catalog((replace(_UNIT, services=(_OTHER, _SERVICE)),))
    assert _apply(database, turned).changes == ("order changed",)
    moved = Catalog((replace(_UNIT, touchpoints=()), Unit("mpp", "Mal", None, "Asia/Jakarta", (_SERVICE,), (_KIOSK,))))
    assert "touchpoint kiosk-1 moved from disdukcapil to mpp" in _apply(database, moved).changes


def test_earlier_versions_can_be_looked_up(database: Engine) -> None:
    _apply(database, _CATALOG, now_ms=10)
    _apply(database, Catalog((replace(_UNIT, name="Dukcapil"),)), now_ms=20)
    with reading(database) as conn:
        assert load_catalog(conn, 1) == (1, _CATALOG)
        assert [(each.version, each.applied_ms) for each in history(conn)] == [(1, 10), (2, 20)]
        assert history(conn)[1].changes == (RENAMED,)
        with pytest.raises(LookupError, match="version 3"):
            load_catalog(conn, 3)


def test_processes_that_start_at_once_make_one_version(database: Engine) -> None:
    with ThreadPoolExecutor(4) as threads:
        applied = list(threads.map(lambda now: _apply(database, _CATALOG, now), range(4)))
    assert sorted(each.changed for each in applied) == [False, False, False, True]
    assert {each.version for each in applied} == {1}
