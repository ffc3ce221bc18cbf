"""What exports ask beside the figures: a state to read pages from."""

from sqlalchemy import Connection, func, select

from readmodel.tables import positions


def counted_up_to(conn: Connection) -> dict[int, int]:
    """The position of each partition that nothing yet counted has reached, over all logs there have been.

    Reading only responses before these gives the same responses however many arrive meanwhile.
    """
    query = select(positions.c.partition, func.max(positions.c.next_position)).where(
        positions.c.next_position.is_not(None)
    )
    return {partition: position for partition, position in conn.execute(query.group_by(positions.c.partition))}  # noqa: C416
