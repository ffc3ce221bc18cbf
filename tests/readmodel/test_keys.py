"""Keys: made once, found by their text, listed without it, revoked for good."""

import pytest
from sqlalchemy import Engine, select, text

from readmodel.database import reading, writing
from readmodel.keys import Key, any_key, create_key, find_key, list_keys, revoke_key, standing_key
from readmodel.tables import api_keys

NOW = 1_790_000_000_000


def made(
    engine: Engine, name: str = "Tim mutu", *, units: list[str] | None = None, expires: int | None = None
) -> tuple[Key, str]:
    with writing(engine) as conn:
        return create_key(conn, name, ["export", "read"], units, NOW, expires)


def found(engine: Engine, words: str, now_ms: int = NOW) -> Key | None:
    with reading(engine) as conn:
        return find_key(conn, words, now_ms)


def test_a_key_is_found_by_its_text_with_everything_it_may_do(database: Engine) -> None:
    key, words = made(database, units=["ult-b", "ult-a"], expires=NOW + 1)
    assert found(database, words) == key
    assert key.scopes == {"read", "export"}
    assert key.units == frozenset({"ult-a", "ult-b"})
    assert words == f"puas_{key.key_id}_{words.rpartition('_')[2]}"


def test_a_key_for_all_units_says_so(database: Engine) -> None:
    key, words = made(database)
    assert key.units is None
    assert found(database, words) == key


def test_only_a_hash_of_the_secret_is_kept(database: Engine) -> None:
    _key, words = made(database)
    secret = words.rpartition("_")[2]
    assert len(secret) * 4 == 256
    with reading(database) as conn:
        (row,) = conn.execute(select(text("*")).select_from(api_keys)).all()
    assert secret not in repr(row)


@pytest.mark.parametrize("change", ["last", "id", "case", "space", "prefix", "nothing", "long"])
def test_a_text_that_differs_opens_nothing(database: Engine, change: str) -> None:
    _key, words = made(database)
    _other, other = made(database)
    changed = {
        "last": words[:-1] + ("0" if words[-1] != "0" else "1"),
        "id": "_".join([*other.split("_")[:2], words.split("_")[2]]),
        "case": words.upper(),
        "space": words + "\n",
        "prefix": words.removeprefix("puas_"),
        "nothing": "",
        "long": words * 1000,
    }
    assert found(database, changed[change]) is None


def test_a_key_opens_nothing_from_the_moment_it_expires(database: Engine) -> None:
    key, words = made(database, expires=NOW + 1000)
    assert found(database, words, NOW + 999) == key
    assert found(database, words, NOW + 1000) is None
    with reading(database) as conn:
        assert standing_key(conn, key.key_id, NOW + 999) == key
        assert standing_key(conn, key.key_id, NOW + 1000) is None


def test_a_revoked_key_opens_nothing_and_is_revoked_once(database: Engine) -> None:
    key, words = made(database)
    _other, others = made(database)
    with writing(database) as conn:
        assert revoke_key(conn, key.key_id, NOW + 5)
        assert not revoke_key(conn, key.key_id, NOW + 6)
        assert not revoke_key(conn, "000000000000", NOW)
    assert found(database, words) is None
    assert found(database, others) is not None
    with reading(database) as conn:
        assert standing_key(conn, key.key_id, NOW) is None
        assert [one.revoked_ms for one in list_keys(conn) if one.key_id == key.key_id] == [NOW + 5]


def test_keys_are_listed_oldest_first_with_those_that_no_longer_stand(database: Engine) -> None:
    with reading(database) as conn:
        assert not any_key(conn)
    with writing(database) as conn:
        younger, _text = create_key(conn, "b", ["read"], None, NOW + 1)
        older, _text = create_key(conn, "a", ["read"], None, NOW, NOW + 1)
    with reading(database) as conn:
        assert list_keys(conn) == [older, younger]
        assert any_key(conn)


@pytest.mark.parametrize(
    ("name", "scopes", "units"),
    [(" ", ["read"], None), ("a", [], None), ("a", ["read", "write"], None), ("a", ["read"], [])],
)
def test_a_key_that_would_mean_nothing_is_refused(
    database: Engine, name: str, scopes: list[str], units: list[str] | None
) -> None:
    with writing(database) as conn, pytest.raises(ValueError, match="key"):
        create_key(conn, name, scopes, units, NOW)
