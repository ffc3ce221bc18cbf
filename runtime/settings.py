"""What a process is told by its environment: declared once, read once, passed on as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

KAFKA_PREFIX = "PUAS_KAFKA_"
SHORTEST_SECRET = 32
_PORT = validate.Range(min=1, max=65535, error="a whole number from {min} to {max}")


def _variable(kind: type[fields.Field[Any]], name: str, default: object, meaning: str, **rest: Any) -> Any:
    return kind(data_key=name, load_default=default, metadata={"meaning": meaning}, **rest)


def _at_least(smallest: int) -> validate.Range:
    return validate.Range(min=smallest, error="{min} or more")


class Environment(Schema):
    """The environment variables, their defaults and meanings (docs/operations.md prints this table)."""

    class Meta:
        unknown = EXCLUDE

    data_dir = _variable(fields.String, "PUAS_DATA_DIR", "./var", "folder of the embedded databases and the spool")
    event_log = _variable(
        fields.String,
        "PUAS_EVENT_LOG",
        "sqlite:///{data}/log.db",
        "event log: sqlite:///path or kafka://host:port[,host:port]/topic; {data} is the data folder",
    )
    database = _variable(
        fields.String,
        "PUAS_DATABASE",
        "sqlite:///{data}/puas.db",
        "read model: sqlite:///path or postgresql+psycopg://user:password@host:port/name",
    )
    host = _variable(fields.String, "PUAS_HOST", "127.0.0.1", "address that the API and the metrics listen on")
    port = _variable(fields.Integer, "PUAS_PORT", 8000, "port of the API and its pages", validate=_PORT)
    metrics_port = _variable(
        fields.Integer, "PUAS_METRICS_PORT", 9464, "port of the consumer's metrics and health", validate=_PORT
    )
    secret_key = _variable(
        fields.String,
        "PUAS_SECRET_KEY",
        None,
        "signs the cookies of people who sign in; 32 characters or more, the same on every host; must be set for the "
        "API unless log and database are files of this host: then one is made in the data folder",
        validate=validate.Length(min=SHORTEST_SECRET, error="{min} characters or more"),
    )
    catalog = _variable(fields.String, "PUAS_CATALOG", None, "catalog file applied at start")
    workers = _variable(fields.Integer, "PUAS_WORKERS", 2, "API worker processes", validate=_at_least(1))
    threads = _variable(fields.Integer, "PUAS_THREADS", 16, "threads of each API worker", validate=_at_least(1))
    append_timeout_s = _variable(
        fields.Float,
        "PUAS_APPEND_TIMEOUT",
        2.0,
        "seconds that a request waits for the event log before its feedback goes to the spool",
        validate=validate.Range(min=0.05, max=60, error="seconds from {min} to {max}"),
    )
    spool_max_bytes = _variable(
        fields.Integer,
        "PUAS_SPOOL_MAX_BYTES",
        256 * 1024 * 1024,
        "bytes that the spool may hold; beyond it visitors' devices are told to keep the feedback and retry",
        validate=_at_least(1024),
    )
    spool_max_age_s = _variable(
        fields.Integer,
        "PUAS_SPOOL_MAX_AGE",
        7 * 24 * 3600,
        "seconds that a record may wait in the spool before the spool takes no more",
        validate=_at_least(1),
    )
    log_format = _variable(
        fields.String,
        "PUAS_LOG_FORMAT",
        "text",
        "text for people, json for machines",
        validate=validate.OneOf(["text", "json"], error="one of: {choices}"),
    )


class BadSetting(Exception):
    """One line for the operator: the variable, what it must be, what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one process; URLs have `{data}` already filled in."""

    data_dir: Path
    event_log: str
    database: str
    host: str
    port: int
    metrics_port: int
    secret_key: str | None = field(repr=False)
    catalog: Path | None
    workers: int
    threads: int
    append_timeout_s: float
    spool_max_bytes: int
    spool_max_age_s: int
    log_format: str
    kafka: Mapping[str, str]

    @property
    def spool(self) -> Path:
        """The file that keeps feedback while the event log is down."""
        return self.data_dir / "spool.db"

    @property
    def embedded(self) -> bool:
        """Whether both the event log and the read model are files on this host."""
        return self.event_log.startswith("sqlite:") and self.database.startswith("sqlite:")


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read the settings; an empty variable counts as unset. Raises BadSetting for the first bad one.

    >>> from_environment({"PUAS_PORT": "80a"})
    Traceback (most recent call last):
    runtime.settings.BadSetting: PUAS_PORT must be a whole number from 1 to 65535, not '80a'
    """
    given = {name: value for name, value in environment.items() if name.startswith("PUAS_") and value.strip()}
    try:
        values = Environment().load(given)
    except ValidationError as error:
        raise BadSetting(_one_line(error, given)) from None
    if values["port"] == values["metrics_port"]:
        raise BadSetting(f"PUAS_METRICS_PORT must be another port than PUAS_PORT, not {values['port']}")
    data = Path(values["data_dir"]).expanduser().resolve()
    for key, schemes in (
        ("event_log", ("sqlite:///", "kafka://")),
        ("database", ("sqlite:///", "postgresql+psycopg://")),
    ):
        if not values[key].startswith(schemes):
            raise BadSetting(f"PUAS_{key.upper()} must start with {' or '.join(schemes)}, not {values[key]!r}")
        values[key] = values[key].replace("{data}", str(data))
    values["data_dir"] = data
    values["catalog"] = Path(values["catalog"]).expanduser().resolve() if values["catalog"] else None
    kafka = {name[len(KAFKA_PREFIX) :].lower(): value for name, value in given.items() if name.startswith(KAFKA_PREFIX)}
    return Settings(**values, kafka=kafka)


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """The PUAS_ variables that nothing reads: most likely a slip of the pen."""
    known = {field.data_key for field in Environment().fields.values()}
    return sorted(
        name
        for name in environment
        if name.startswith("PUAS_") and not name.startswith(KAFKA_PREFIX) and name not in known
    )


def _one_line(error: ValidationError, given: Mapping[str, str]) -> str:
    """The first bad variable as a sentence; marshmallow's "Not a valid integer." says less than the rule does."""
    name, messages = min(error.messages_dict.items())
    declared = next(field for field in Environment().fields.values() if field.data_key == name)
    message = messages[0]
    if message.startswith(("Not a valid", "Special numeric")):
        message = "a number" if isinstance(declared, fields.Float) else "a whole number"
        ranges = [rule for rule in declared.validators if isinstance(rule, validate.Range)]
        if ranges and ranges[0].max is not None:
            message += f" from {ranges[0].min} to {ranges[0].max}"
        elif ranges:
            message += f", {ranges[0].min} or more"
    found = str(len(given[name])) if name.endswith("SECRET_KEY") else repr(given[name])  # a secret is not shown
    return f"{name} must be {message}, not {found}"
