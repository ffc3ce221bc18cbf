"""Settings: defaults, the environment's say, and one clear line when it is wrong."""

from pathlib import Path

import pytest

from runtime.settings import BadSetting, Environment, from_environment, unknown_variables


def test_an_empty_environment_gives_the_embedded_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = from_environment({})
    assert settings.embedded
    assert settings.event_log == f"sqlite:///{tmp_path}/var/log.db"
    assert settings.database == f"sqlite:///{tmp_path}/var/puas.db"
    assert (settings.host, settings.port, settings.metrics_port) == ("127.0.0.1", 8000, 9464)


def test_two_variables_move_it_to_kafka_and_postgresql() -> None:
    settings = from_environment(
        {"PUAS_EVENT_LOG": "kafka://a:9092,b:9092/feedback", "PUAS_DATABASE": "postgresql+psycopg://puas@db/puas"}
    )
    assert not settings.embedded
    assert settings.event_log == "kafka://a:9092,b:9092/feedback"


def test_kafka_options_pass_through_in_lower_case() -> None:
    settings = from_environment({"PUAS_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "PUAS_KAFKA_SSL_CAFILE": "/ca.pem"})
    assert settings.kafka == {"security_protocol": "SASL_SSL", "ssl_cafile": "/ca.pem"}


def test_an_empty_variable_counts_as_unset() -> None:
    assert from_environment({"PUAS_PORT": " ", "PUAS_CATALOG": ""}).port == 8000


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("PUAS_PORT", "80a", "PUAS_PORT must be a whole number from 1 to 65535, not '80a'"),
        ("PUAS_PORT", "70000", "PUAS_PORT must be a whole number from 1 to 65535, not '70000'"),
        ("PUAS_WORKERS", "0", "PUAS_WORKERS must be 1 or more, not '0'"),
        ("PUAS_THREADS", "many", "PUAS_THREADS must be a whole number, 1 or more, not 'many'"),
        ("PUAS_APPEND_TIMEOUT", "soon", "PUAS_APPEND_TIMEOUT must be a number from 0.05 to 60, not 'soon'"),
        ("PUAS_APPEND_TIMEOUT", "nan", "PUAS_APPEND_TIMEOUT must be a number from 0.05 to 60, not 'nan'"),
        ("PUAS_METRICS_PORT", "8000", "PUAS_METRICS_PORT must be another port than PUAS_PORT, not 8000"),
        ("PUAS_LOG_FORMAT", "xml", "PUAS_LOG_FORMAT must be one of: text, json, not 'xml'"),
        ("PUAS_EVENT_LOG", "redis://x", "PUAS_EVENT_LOG must start with sqlite:/// or kafka://, not 'redis://x'"),
        (
            "PUAS_DATABASE",
            "mysql://x",
            "PUAS_DATABASE must start with sqlite:/// or postgresql+psycopg://, not 'mysql://x'",
        ),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_variable(variable: str, value: str, line: str) -> None:
    with pytest.raises(BadSetting) as raised:
        from_environment({variable: value})
    assert str(raised.value) == line


def test_a_misspelt_variable_is_found() -> None:
    assert unknown_variables(
        {"PUAS_PROT": "1", "PUAS_PORT": "1", "PUAS_SECRET_KEY": "x", "PUAS_KAFKA_X": "1", "HOME": "/"}
    ) == ["PUAS_PROT"]


def test_every_variable_says_what_it_means() -> None:
    for field in Environment().fields.values():
        assert (field.data_key or "").startswith("PUAS_")
        assert len(field.metadata["meaning"]) > 10
