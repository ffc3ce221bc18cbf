"""Log lines: one a line, readable or JSON, libraries' warnings among them."""

import io
import json
import logging

import structlog

from runtime import logs


def test_json_lines_carry_the_process_and_the_values() -> None:
    stream = io.StringIO()
    logs.configure("json", "api", stream)
    structlog.get_logger().info("stored", event_id="0190")
    logging.getLogger("kafka").warning("broker %s is away", 1)
    own, library = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (own["event"], own["event_id"], own["process"], own["level"]) == ("stored", "0190", "api", "info")
    assert (library["event"], library["process"]) == ("broker 1 is away", "api")


def test_text_lines_have_no_colour_codes_in_a_file() -> None:
    stream = io.StringIO()
    logs.configure("text", "consume", stream)
    structlog.get_logger().warning("database away", retry_in=1.5)
    assert "database away" in stream.getvalue()
    assert "\x1b[" not in stream.getvalue()
