"""A real Apache Kafka broker: one node, KRaft, started and ended as a test needs it."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from kafka import KafkaAdminClient

from tests.servers.ports import free_port

KAFKA_VERSION = "4.1.0"
_CLUSTER_ID = "cHVhcy1mb3ItdGVzdHMtMA"
_READY_WITHIN = 60.0
_JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=info")
_POM = Path(__file__).with_name("kafka-pom.xml")


def kafka_libs() -> Path:
    """The directory of Kafka's jars, resolved with Maven the first time."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "puas"
    libs = cache / f"kafka-{KAFKA_VERSION}"
    if libs.is_dir():
        return libs
    if not shutil.which("mvn") or not shutil.which("java"):
        raise RuntimeError("Kafka's tests need Maven and Java 17: install Debian's maven and openjdk-17-jre-headless")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        resolved = Path(scratch) / "libs"
        command = [
            "mvn",
            "-q",
            "-B",
            "-f",
            str(_POM),
            f"-Dkafka.version={KAFKA_VERSION}",
            "dependency:copy-dependencies",
        ]
        command += ["-DincludeScope=runtime", f"-DoutputDirectory={resolved}"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        if run.returncode != 0:
            raise RuntimeError(
                f"Maven did not resolve Kafka {KAFKA_VERSION}:\n{run.stdout[-4000:]}{run.stderr[-1000:]}"
            )
        try:
            resolved.rename(libs)
        except OSError:
            if not libs.is_dir():  # another test run, just as early, is the one that may have put it there
                raise
    return libs


class KafkaBroker:
    """A broker whose data, log and settings live in `directory`; its port stays the same over restarts.

    `settings` are added to server.properties (the clients' listener is named CLIENT); `client_options` are
    kafka-python's, needed to reach a broker that asks for SASL or TLS.
    """

    def __init__(
        self,
        directory: Path,
        settings: Mapping[str, str] | None = None,
        client_options: Mapping[str, object] | None = None,
    ) -> None:
        self._directory = directory
        self._port = free_port()
        self._settings = self._standard_settings() | dict(settings or {})
        self._client_options = dict(client_options or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """host:port for clients."""
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start on what `directory` already holds and return when a client can list topics."""
        properties = self._directory / "server.properties"
        classpath = f"{kafka_libs()}/*"
        if not properties.exists():
            self._directory.mkdir(parents=True, exist_ok=True)
            properties.write_text("".join(f"{key}={value}\n" for key, value in self._settings.items()))
            tool = ["kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c", str(properties)]
            with self._log_path.open("ab") as log:
                subprocess.run(["java", *_JVM, "-cp", classpath, *tool], stdout=log, stderr=log, timeout=60, check=True)
        command = ["java", *_JVM, "-cp", classpath, "kafka.Kafka", str(properties)]
        if setpriv := shutil.which("setpriv"):  # no JVM is left behind when the test run itself is killed
            command = [setpriv, "--pdeathsig", "KILL", *command]
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        process = self._running()
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)  # the signal takes effect when it does

    def resume(self) -> None:
        """Let a paused broker go on."""
        self._running().send_signal(signal.SIGCONT)

    def log_tail(self) -> str:
        """The end of what the broker has logged."""
        return self._log_path.read_text(errors="replace")[-4000:] if self._log_path.exists() else ""

    @property
    def _log_path(self) -> Path:
        return self._directory / "broker.log"

    def _standard_settings(self) -> dict[str, str]:
        controller = f"127.0.0.1:{free_port()}"
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"CLIENT://{self.address},CONTROLLER://{controller}",
            "advertised.listeners": f"CLIENT://{self.address}",
            "listener.security.protocol.map": "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "CLIENT",
            "broker.session.timeout.ms": "3000",  # a killed broker's next start waits for this
            "broker.heartbeat.interval.ms": "500",
            "log.dirs": str(self._directory / "data"),
            "auto.create.topics.enable": "false",
            "offsets.topic.num.partitions": "1",
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
        }

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("this broker is not running")
        return self._process

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        process.send_signal(signal.SIGCONT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        try:
            self._wait_for_port(process, deadline)
            left_ms = max(1, int((deadline - time.monotonic()) * 1000))
            client = KafkaAdminClient(
                bootstrap_servers=self.address,
                bootstrap_timeout_ms=left_ms,
                reconnect_backoff_max_ms=200,
                **self._client_options,
            )
            try:
                client.list_topics()
            finally:
                client.close()
        except Exception as reason:
            process.kill()
            process.wait()
            self._process = None
            raise RuntimeError(f"Kafka did not become ready; its log ends:\n{self.log_tail()}") from reason

    def _wait_for_port(self, process: subprocess.Popen[bytes], deadline: float) -> None:
        while True:
            if process.poll() is not None:
                raise RuntimeError(f"Kafka ended with status {process.returncode}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing listens on {self.address} after {_READY_WITHIN:.0f} s")
            time.sleep(0.05)
