"""The real servers and folders of one run: started when first needed, ended and removed with it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from tests.servers.kafka import KafkaBroker
from tests.servers.postgres import PostgresServer

PARTITIONS = 12
"""As Puas makes its topic."""


class Ground:
    """Where everything that is measured runs. Use `on_ground`."""

    def __init__(self, directory: Path, stack: ExitStack) -> None:
        self.stack = stack
        self._directory = directory
        self._numbers = count(1)
        self._broker: KafkaBroker | None = None
        self._postgres: PostgresServer | None = None

    def folder(self, name: str) -> Path:
        """A new, empty folder."""
        made = self._directory / f"{name}-{next(self._numbers)}"
        made.mkdir()
        return made

    @property
    def broker(self) -> KafkaBroker:
        """The one Kafka broker."""
        if self._broker is None:
            self._broker = KafkaBroker(self.folder("kafka"))
            self.stack.callback(self._broker.stop)
            self._broker.start()
        return self._broker

    @property
    def postgres(self) -> PostgresServer:
        """The one PostgreSQL server."""
        if self._postgres is None:
            self._postgres = PostgresServer(self.folder("postgres"))
            self.stack.callback(self._postgres.stop)
            self._postgres.start()
        return self._postgres

    def topic(self) -> str:
        """The name of a new topic."""
        name = f"feedback-{next(self._numbers)}"
        admin = KafkaAdminClient(bootstrap_servers=self.broker.address)
        try:
            admin.create_topics([NewTopic(name, PARTITIONS, 1)])
        finally:
            admin.close()
        return name

    def event_log(self, kind: str) -> str:
        """The address of a new event log: `kind` is Kafka or SQLite."""
        if kind == "Kafka":
            return f"kafka://{self.broker.address}/{self.topic()}"
        return f"sqlite:///{self.folder('log')}/log.db"

    def database(self, kind: str) -> str:
        """The address of a new database: `kind` is PostgreSQL or SQLite."""
        if kind == "PostgreSQL":
            return self.postgres.create_database()
        return f"sqlite:///{self.folder('database')}/puas.db"


@contextmanager
def on_ground(directory: Path | None = None) -> Iterator[Ground]:
    """A ground in a temporary folder within `directory`; it must be on a real disk, or syncs cost nothing."""
    with TemporaryDirectory(prefix="puas-bench-", dir=directory) as folder, ExitStack() as stack:
        yield Ground(Path(folder), stack)
