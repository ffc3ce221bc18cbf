"""The competitor: what one writes on FastAPI and aiokafka for the same task, without catalog, spool or metrics."""
# The competitor's packages are installed for `make bench` only; this must pass mypy with and without them.
# mypy: disable-error-code="import-not-found", allow-subclassing-any, no-warn-unused-ignores

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from aiokafka import AIOKafkaProducer
from fastapi import FastAPI, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

SERVERS = "BENCH_KAFKA_SERVERS"
TOPIC = "BENCH_KAFKA_TOPIC"

_SLUG = r"^[a-z0-9][a-z0-9._-]{0,62}$"
Slug = Annotated[str, Field(pattern=_SLUG)]


class Respondent(BaseModel):
    """Who answered, as far as they said."""

    model_config = ConfigDict(extra="forbid")
    sex: Slug | None = None
    age_band: Slug | None = None
    education: Slug | None = None
    occupation: Slug | None = None
    disability: Slug | None = None


class Submission(BaseModel):
    """The fields of Puas's submission under the same limits."""

    model_config = ConfigDict(extra="forbid")
    event_id: UUID
    unit: Slug
    service: Slug
    touchpoint: Slug
    channel: Literal["kiosk", "qr", "web", "assisted", "import"]
    instrument: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,57}@[1-9][0-9]{0,3}$")]
    answers: dict[Slug, Annotated[int, Field(strict=True, ge=1, le=4)] | None]
    respondent: Respondent | None = None
    comment: Annotated[str, Field(max_length=2000)] | None = None
    language: Annotated[str, Field(max_length=35)] | None = None
    duration_ms: Annotated[int, Field(strict=True, ge=0, le=86_400_000)] | None = None
    occurred_at: AwareDatetime | None = None


async def _post(submission: Submission, request: Request) -> Response:
    event = submission.model_dump(mode="json", exclude_none=True)
    event |= {"received_at": datetime.now(UTC).isoformat(), "schema_version": 1, "producer": "fastapi"}
    await request.app.state.producer.send_and_wait(
        os.environ[TOPIC],
        json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode(),
        key=submission.service.encode(),
        headers=[("content-type", b"application/json"), ("schema-version", b"1")],
    )
    body = f'{{"event_id":"{submission.event_id}","status":"accepted","stored":"log"}}'
    return Response(body, 202, media_type="application/json")


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    producer = AIOKafkaProducer(bootstrap_servers=os.environ[SERVERS], acks="all")
    await producer.start()
    app.state.producer = producer
    yield
    await producer.stop()


def create_app() -> FastAPI:
    """The app; each process has one producer, which BENCH_KAFKA_SERVERS and BENCH_KAFKA_TOPIC tell where to send."""
    app = FastAPI(lifespan=_lifespan)
    app.add_api_route("/v1/feedback", _post, methods=["POST"], status_code=202)
    return app
