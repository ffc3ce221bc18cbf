"""kafka-python's network client, with the bounds, the words and the patience that it lacks.

Handed to its classes as `kafka_client`. They know no bound for connecting, leave the client's thread running when
their constructor fails, keep to themselves why nobody could be reached, and a producer asks without a pause
whether a busy broker is free, at the cost of a processor.
"""

from collections.abc import Callable

from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient
from kafka.net.connection import KafkaConnection
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

from eventlog.interface import LogMisconfigured
from eventlog.kafka.failures import translated
from eventlog.kafka.options import KafkaOptions

_LOOK_AGAIN_MS = 100.0


class BoundedClient(KafkaNetClient):  # type: ignore[misc]  # kafka-python is untyped
    """Gives up each attempt to connect in time."""

    hasty = False
    """Whether a refused password and the like end an operation at once. What lives long tries again."""

    def __init__(self, options: KafkaOptions, **configs: object) -> None:
        configs["socket_connection_setup_timeout_ms"] = options.request_timeout_ms
        configs["socket_connection_setup_timeout_max_ms"] = options.request_timeout_ms
        net = NetworkSelector(**configs)
        self._telling = _TellingManager(net, **configs)
        self._telling.hasty = self.hasty
        super().__init__(net, self._telling)

    @property
    def last_failure(self) -> KafkaError | None:
        """Why the last connection that failed did so."""
        return self._telling.last_failure


class HastyClient(BoundedClient):
    """An administrator's, for one question."""

    hasty = True


class PatientClient(BoundedClient):
    """A producer's: whatever arrives wakes it, so that waiting costs no time."""

    def connection_delay(self, node_id: int | str) -> float:
        """Milliseconds until a look at a node that is not ready may find it so (the base class: seconds, or 0)."""
        return max(1000.0 * float(super().connection_delay(node_id)), _LOOK_AGAIN_MS)


class _TellingManager(KafkaConnectionManager):  # type: ignore[misc]
    last_failure: KafkaError | None = None
    hasty = False

    def get_connection(self, node_id: int | str, **how: object) -> KafkaConnection:
        if self.hasty and self.last_failure and isinstance(translated(self.last_failure), LogMisconfigured):
            raise self.last_failure
        connection = super().get_connection(node_id, **how)
        connection.init_future.add_errback(self._note)
        return connection

    def _note(self, failure: KafkaError) -> None:
        self.last_failure = failure


def kept(kind: type[BoundedClient], options: KafkaOptions, made: list[BoundedClient]) -> Callable[..., BoundedClient]:
    """Makes clients of this kind and puts them in `made`, so that they can be asked and closed."""

    def make(**configs: object) -> BoundedClient:
        made.append(kind(options, **configs))
        return made[-1]

    return make
