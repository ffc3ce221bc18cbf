"""A PostgreSQL connection that gives up on a server that has stopped answering."""

from typing import Any

from psycopg import Connection, OperationalError
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus


class PatientConnection(Connection[Any]):
    """Fails after `patience_s` of waiting for one answer, and is closed then.

    The server's own statement_timeout ends what is slow, and TCP timeouts end what is gone; this ends a server that
    is there and silent (stopped, or its disk hangs), whose kernel goes on answering for it.
    """

    patience_s: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Run one exchange with the server; raises OperationalError when it takes too long."""
        try:
            return super().wait(gen, interval, self.patience_s if timeout is None else timeout)
        except OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:  # an answer is still owed: it can't be used
                self.close()
            raise
