"""Opening a database, and what a transaction promises."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, func, insert, select, text

from readmodel.database import DatabaseAway, migrate, open_database, reading, writing
from readmodel.tables import flag_tallies

_ROW = {"rule": "too_fast", "unit": "u", "service": "s", "count": 1}


def _rows(engine: Engine) -> int:
    with reading(engine) as conn:
        return conn.execute(select(func.count()).select_from(flag_tallies)).scalar_one()


@pytest.mark.parametrize(
    "url", ["", "puas.db", "sqlite://", "sqlite:///:memory:", "mysql://localhost/puas", "postgresql://localhost/puas"]
)
def test_an_address_that_is_none_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///"):
        open_database(url)


def test_the_directory_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    migrate(open_database(f"sqlite:///{tmp_path}/not/yet/there/puas.db"))
    assert (tmp_path / "not/yet/there/puas.db").exists()


def test_a_block_that_raises_leaves_nothing(database: Engine) -> None:
    def write_and_fail() -> None:
        with writing(database) as conn:
            conn.execute(insert(flag_tallies), _ROW)
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    assert _rows(database) == 0


def test_readers_see_the_past_while_a_long_write_goes_on(database: Engine) -> None:
    with writing(database) as conn:
        conn.execute(insert(flag_tallies), _ROW)
        assert _rows(database) == 0
    assert _rows(database) == 1


def test_one_reading_sees_one_state_though_others_commit_meanwhile(database: Engine) -> None:
    query = select(func.count()).select_from(flag_tallies)
    with reading(database) as conn:
        before = conn.execute(query).scalar_one()
        with writing(database) as other:
            other.execute(insert(flag_tallies), _ROW)
        assert conn.execute(query).scalar_one() == before == 0
    assert _rows(database) == 1


def test_a_lock_not_to_be_had_in_time_is_a_reason_to_try_again(
    database: Engine, connect: Callable[[float], Engine]
) -> None:
    """What waits fails with DatabaseAway, and the same engine goes on once the lock is free."""
    impatient = connect(0.2)
    with writing(database) as conn:
        conn.execute(insert(flag_tallies), _ROW)
        with pytest.raises(DatabaseAway), writing(impatient) as other:
            other.execute(insert(flag_tallies), _ROW)
    with writing(impatient) as other:
        other.execute(insert(flag_tallies), _ROW | {"rule": "clock"})
    assert _rows(database) == 2


def test_a_writer_waits_for_the_one_before(database: Engine, connect: Callable[[float], Engine]) -> None:
    began = Event()

    def second() -> None:
        began.set()
        with writing(connect(30.0)) as conn:
            conn.execute(insert(flag_tallies), _ROW | {"rule": "clock"})

    waiting = Thread(target=second)
    with writing(database) as conn:
        conn.execute(insert(flag_tallies), _ROW)
        waiting.start()
        began.wait(10)
    waiting.join(30)
    assert _rows(database) == 2


def test_a_mistake_in_the_code_is_no_reason_to_try_again(database: Engine) -> None:
    with pytest.raises(Exception, match="no_such_table") as raised, reading(database) as conn:
        conn.execute(text("SELECT * FROM no_such_table"))
    assert not isinstance(raised.value, DatabaseAway)


def test_an_error_quotes_no_visitor(database: Engine) -> None:
    """Error messages end in logs, where comments must not."""
    with pytest.raises(Exception, match="flag_tallies") as raised, writing(database) as conn:
        conn.execute(insert(flag_tallies), [_ROW | {"service": "secret"}, _ROW | {"service": None}])
    assert "secret" not in str(raised.value)


def test_more_connections_than_there_are_is_a_reason_to_try_again(empty_url: str) -> None:
    engine = open_database(empty_url, timeout_s=0.1)
    held = [engine.connect() for _ in range(15)]
    with pytest.raises(DatabaseAway), reading(engine):
        pass
    for connection in held:
        connection.close()
    engine.dispose()


def test_a_file_that_is_no_database_is_no_reason_to_try_again(tmp_path: Path) -> None:
    (tmp_path / "puas.db").write_text("This is a letter, and by no means a database; it is long enough. " * 99)
    with pytest.raises(Exception, match="not a database") as raised:
        migrate(open_database(f"sqlite:///{tmp_path}/puas.db"))
    assert not isinstance(raised.value, DatabaseAway)
