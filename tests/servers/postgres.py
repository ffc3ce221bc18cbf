"""A real PostgreSQL server, started and ended as a test needs it."""

import os
import shutil
import signal
import subprocess
import time
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from tests.servers.ports import free_port

_READY_WITHIN = 30.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "log_line_prefix": "%m [%p] ",
}


def postgres_programs() -> Path:
    """The directory of `initdb` and `postgres`, the newest installed."""
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not debian:
        raise RuntimeError("PostgreSQL's tests need its server: install Debian's postgresql package")
    return debian[-1].parent


class PostgresServer:
    """A server whose cluster and log live in `directory`; its port stays the same over restarts.

    PostgreSQL refuses to run as root: root starts it as the user `postgres`, in a temporary directory instead.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._identity = {"user": "postgres", "group": "postgres", "extra_groups": []}
            # Pytest closes its directories to other users, and does so again whenever a run begins.
            self._shelter = TemporaryDirectory(prefix="puas-postgres-")
            shutil.chown(self._shelter.name, "postgres", "postgres")
            self._directory = Path(self._shelter.name)
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)

    @property
    def address(self) -> str:
        """host:port for clients."""
        return f"127.0.0.1:{self._port}"

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases, for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@{self.address}/{database}"

    def create_database(self) -> str:
        """The address of a new, empty database."""
        name = f"puas_{next(self._numbers)}"
        with psycopg.connect(self._conninfo(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Throw a database away, whoever is connected to it."""
        name = url.rpartition("/")[2]
        with psycopg.connect(self._conninfo(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def start(self) -> None:
        """Start on what `directory` already holds and return when a client can query."""
        if not self._data.exists():
            self._make_cluster()
        command = [str(postgres_programs() / "postgres"), "-D", str(self._data), "-p", str(self._port)]
        for name, value in _SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        if setpriv := shutil.which("setpriv"):  # no server is left behind when the test run itself is killed
            command = [setpriv, "--pdeathsig", "INT", *command]
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", **self._identity
            )
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """End it in order, its clients' connections with it."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it at once, without a checkpoint: the next start recovers from the write-ahead log."""
        self._end(signal.SIGQUIT)

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on."""
        self._signal_all(signal.SIGCONT)

    @property
    def _data(self) -> Path:
        return self._directory / "data"

    @property
    def _log_path(self) -> Path:
        return self._directory / "server.log"

    def log_tail(self) -> str:
        """The end of what the server has logged."""
        return self._log_path.read_text(errors="replace")[-4000:] if self._log_path.exists() else ""

    def _conninfo(self) -> str:
        return f"host=127.0.0.1 port={self._port} user=postgres dbname=postgres connect_timeout=5"

    def _make_cluster(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        command = [str(postgres_programs() / "initdb"), "-D", str(self._data), *options]
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=120, check=False, cwd="/", **self._identity
        )
        if run.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pid in _family(process.pid):
            _signal(pid, signal.SIGCONT)
        process.send_signal(how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(20)

    def _signal_all(self, how: signal.Signals) -> None:
        if self._process is None:
            raise RuntimeError("this server is not running")
        for pid in _family(self._process.pid):
            _signal(pid, how)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        while True:
            try:
                psycopg.connect(self._conninfo()).close()
            except psycopg.OperationalError as reason:
                if process.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.05)
                    continue
                self._end(signal.SIGQUIT)
                raise RuntimeError(f"PostgreSQL did not become ready; its log ends:\n{self.log_tail()}") from reason
            return


def _family(pid: int) -> list[int]:
    """A process and its children, the parent first so that it starts no more while they are dealt with."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [pid, *(int(word) for word in listed.stdout.split())]


def _signal(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return
