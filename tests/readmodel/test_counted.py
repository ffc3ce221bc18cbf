"""What has been counted under some event ids is found again whole, on either database."""

from uuid import UUID

from sqlalchemy import Engine

from readmodel.counted import counted
from readmodel.database import reading
from tests.readmodel.samples import project, response


def test_stored_responses_are_found_by_id_and_others_left_out(database: Engine) -> None:
    rows = [response(number) for number in range(1_201)]
    project(database, rows)
    wanted = [row.event_id for row in rows[:1_100]] + [UUID(int=5)]
    with reading(database) as connection:
        found = counted(connection, iter(wanted))
        assert counted(connection, []) == {}
    assert found == {row.event_id: row for row in rows[:1_100]}
