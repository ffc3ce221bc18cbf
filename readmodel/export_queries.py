"""What exports ask beside the figures: a state to read pages from, and whether anything was closed since."""

from sqlalchemy import Connection, func, select

from readmodel.tables import closings, positions


def counted_up_to(conn: Connection) -> dict[int, int]:
    """The position of each partition that nothing yet counted has reached, over all logs there have been.

    Reading only responses before these gives the same responses however many arrive meanwhile.
    """
    query = select(positions.c.partition, func.max(positions.c.next_position)).where(
        positions.c.next_position.is_not(None)
    )
    return {partition: position for partition, position in conn.execute(query.group_by(positions.c.partition))}  # noqa: C416


def newest_closing(conn: Connection) -> tuple[int, int]:
    """How many closings there have been, and when the last one was made (Unix ms, 0 when none)."""
    count, newest = conn.execute(select(func.count(), func.max(closings.c.closed_ms))).one()
    return count, newest or 0
