"""Log lines: one a line, readable or JSON, libraries' warnings among them."""

import io
import json
import logging
import threading

import pytest
import structlog

from runtime import logs


def test_json_lines_carry_the_process_and_the_values() -> None:
    stream = io.StringIO()
    logs.configure("json", "api", stream)
    structlog.get_logger().info("stored", event_id="0190")
    logging.getLogger("alembic").warning("table %s is there", 1)
    own, library = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (own["event"], own["event_id"], own["process"], own["level"]) == ("stored", "0190", "api", "info")
    assert (library["event"], library["process"]) == ("table 1 is there", "api")


def test_text_lines_have_no_colour_codes_in_a_file() -> None:
    stream = io.StringIO()
    logs.configure("text", "consume", stream)
    structlog.get_logger().warning("database away", retry_in=1.5)
    assert "database away" in stream.getvalue()
    assert "\x1b[" not in stream.getvalue()


def test_a_line_from_any_thread_names_the_process() -> None:
    stream = io.StringIO()
    logs.configure("json", "consumer", stream)
    thread = threading.Thread(target=lambda: structlog.get_logger().info("probed"))
    thread.start()
    thread.join()
    assert json.loads(stream.getvalue())["process"] == "consumer"


def test_a_traceback_is_one_line_of_json() -> None:
    stream = io.StringIO()
    logs.configure("json", "api", stream)
    try:
        int("no number")
    except ValueError:
        structlog.get_logger().exception("request failed")
        logging.getLogger("alembic").exception("migration failed")
    own, library = (json.loads(line) for line in stream.getvalue().splitlines())
    assert "ValueError: invalid literal" in own["exception"]
    assert "ValueError: invalid literal" in library["exception"]


def test_kafka_python_does_not_flood_the_log_during_an_outage() -> None:
    stream = io.StringIO()
    logs.configure("text", "api", stream)
    logging.getLogger("kafka.net").error("connection refused")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_traceback_tells_no_local_variable(log_format: str) -> None:
    stream = io.StringIO()
    logs.configure(log_format, "api", stream)

    def fail(address: str) -> int:
        return int(address)

    try:
        fail("203.0.113." + "7")
    except ValueError as error:
        structlog.get_logger().error("request failed", exc_info=error.with_traceback(error.__traceback__))
    assert "address = " not in stream.getvalue()
    assert "fail" in stream.getvalue()


def test_control_characters_reach_no_terminal() -> None:
    stream = io.StringIO()
    logs.configure("text", "api", stream)
    structlog.get_logger().info("invalid", said="\x1b[2J\x07\u202e\x9b")
    logging.getLogger("alembic").warning("named %s", "\x1b[2J")
    assert not set("\x1b\x07\u202e\x9b") & set(stream.getvalue())
    assert stream.getvalue().count("\\x1b[2J") == 2
