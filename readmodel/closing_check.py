"""Whether a closed period can still be made again from what is kept."""

from dataclasses import dataclass

from sqlalchemy import Connection

from readmodel.catalog import load_catalog
from readmodel.closing_cells import by_service, kept_cells, monthly_cells
from readmodel.closing_digest import digest_of
from readmodel.closing_rules import rules_of
from readmodel.closings import Closing
from satisfaction.periods import parse_period


@dataclass(frozen=True, slots=True)
class Verification:
    """What holds of a closing today.

    `responses`: those it counted are all there, unchanged. `figures`: its frozen counts give the printed figures.
    `late` is how many responses of the period arrived since and are in no figure of it.
    """

    responses: bool
    figures: bool
    late: int

    @property
    def holds(self) -> bool:
        """Whether the published figures can be made again from the responses."""
        return self.responses and self.figures


def verify(conn: Connection, closing: Closing) -> Verification:
    """Make the closing again: its digest from the responses, its figures from its counts. Writes nothing."""
    version, catalog = load_catalog(conn, closing.rules["catalog"])
    office = catalog.unit(closing.unit)
    if office is None:
        raise LookupError(f"catalog version {version} has no unit {closing.unit!r}")
    period = parse_period(closing.period, office.zone)
    frozen = kept_cells(conn, closing.key)
    counted = by_service(frozen)
    weights = closing.rules["weights"]
    now = sum(cell.n for cell in monthly_cells(conn, closing.unit, period) if not cell.cut)
    then = sum(cell.n for cell in frozen if not cell.cut)
    return Verification(
        digest_of(conn, closing.unit, period, closing.positions) == closing.digest,
        rules_of(catalog, version, office, closing.period, counted, weights) == closing.rules,
        now - then,
    )
