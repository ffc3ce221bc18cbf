"""`puas simulate`: realistic visitors, sent over HTTP like any kiosk's feedback."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

import click

from puas.failures import Failed

if TYPE_CHECKING:
    from puas.delivery import Totals
    from puas.visitors import Offer

DEFAULT_VISITORS = 200
LISTENING_SECONDS = 2.0
STARTING_SECONDS = 15.0
EXAMPLES = """\b
Examples:
  puas simulate                             200 visitors, now, as fast as they are taken
  puas simulate --visitors 5000 --days 30   a month of visits, in office hours
  puas simulate --rate 5 --seconds 60       five visitors a second for a minute
  puas simulate --visitors 1000 --duplicates 0.1 --seed 7
"""


@click.command(epilog=EXAMPLES)
@click.option("--url", help="Where the API listens.  [default: http://PUAS_HOST:PUAS_PORT]")
@click.option("--visitors", type=click.IntRange(min=1), help=f"How many visitors.  [default: {DEFAULT_VISITORS}]")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Visitors per second, on average.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="With --rate: for how long.")
@click.option(
    "--days",
    type=click.IntRange(1, 30),
    help="Spread the visits over this many days back, in office hours of the unit's time zone.",
)
@click.option("--seed", type=int, help="The same visitors with the same answers again (event ids are always new).")
@click.option(
    "--duplicates",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Share of feedback sent twice or thrice, as after a lost answer; it must be counted once.",
)
@click.option("--concurrency", type=click.IntRange(1, 256), default=8, show_default=True, help="Connections at once.")
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="Seconds to go on retrying one feedback that the API does not answer or answers 5xx.",
)
def simulate(
    url: str | None,
    visitors: int | None,
    rate: float | None,
    seconds: float | None,
    days: int | None,
    seed: int | None,
    duplicates: float,
    concurrency: int,
    patience: float,
) -> None:
    """Send feedback of realistic visitors to a running API.

    Units, services, touchpoints and instruments come from the API's catalog. Services differ in quality, so
    that the board is worth looking at. Ends with exit code 1 if any feedback was not accepted.
    """
    from puas.delivery import Totals, couriers

    if seconds is not None and (rate is None or visitors is not None):
        raise click.UsageError("--seconds goes with --rate, and takes the place of --visitors.")
    count = round(rate * seconds) if rate and seconds else visitors or DEFAULT_VISITORS
    address = url.rstrip("/") if url else _own_address()
    offers = _offers(address)
    rng = Random(seed)  # noqa: S311 - simulated people, not secrets
    bodies = _bodies(offers, max(count, 1), days, duplicates, rng)
    totals = Totals()
    started = time.monotonic()
    try:
        with couriers(address, concurrency, patience, totals) as send:
            _send_all(bodies, max(count, 1), rate, rng, send)
    finally:
        _report(totals, time.monotonic() - started)
    if totals.failed:
        raise Failed(f"{totals.failed} of {totals.requests} requests were not accepted")


def _own_address() -> str:
    from puas.readiness import base_url
    from puas.wiring import load_settings

    settings = load_settings()
    return base_url(settings.host, settings.port)


def _offers(address: str) -> "list[Offer]":
    from puas.offers import offers
    from puas.readiness import NoAnswer, get_json

    started = time.monotonic()
    while True:
        try:
            found = offers(get_json(f"{address}/v1/catalog", timeout=STARTING_SECONDS))
            break
        except NoAnswer as reason:
            # It may have been started a moment ago: first it does not listen, then it does not know the catalog.
            if time.monotonic() - started > (STARTING_SECONDS if reason.status == 503 else LISTENING_SECONDS):
                raise Failed(f"{address}/v1/catalog {reason} (is `puas up` running there?)") from None
            time.sleep(0.2)
    if not found:
        raise Failed(f"the catalog at {address} has no open touchpoint with a service: see `puas catalog apply`")
    return found


def _bodies(
    offers: "list[Offer]", count: int, days: int | None, duplicates: float, rng: Random
) -> Iterator[list[Mapping[str, object]]]:
    """Per visitor the requests to make: one, or the same one two or three times."""
    from puas.opening_hours import VisitTimes
    from puas.visitors import submission, weight

    now = datetime.now(UTC)
    chosen = rng.choices(offers, weights=[weight(offer) for offer in offers], k=count)
    visits: list[tuple[datetime | None, Offer]] = [(None, offer) for offer in chosen]
    if days is not None:
        keys = {(offer.zone, offer.online) for offer in offers}
        times = {key: VisitTimes(now, days, key[0], online=key[1]) for key in keys}
        dated = [(times[offer.zone, offer.online].draw(rng), offer) for offer in chosen]
        visits = [*sorted(dated, key=lambda visit: visit[0])]
    for at, offer in visits:
        age_days = (now - at).total_seconds() / 86400 if at else 0.0
        body = submission(offer, rng, at, age_days)
        yield [body] * (rng.choice((2, 3)) if rng.random() < duplicates else 1)


def _send_all(
    bodies: Iterator[list[Mapping[str, object]]],
    count: int,
    rate: float | None,
    rng: Random,
    send: Callable[[Mapping[str, object]], None],
) -> None:
    from puas.opening_hours import arrivals
    from puas.progress import progress_bar

    due = arrivals(count, count / rate, rng) if rate else [0.0] * count
    started = time.monotonic()
    with progress_bar("Sending feedback", "visitor") as advance:
        for done, (at, requests) in enumerate(zip(due, bodies, strict=True)):
            advance(done, count)
            time.sleep(max(0.0, started + at - time.monotonic()))
            for body in requests:
                send(body)
        advance(count, count)


def _report(totals: "Totals", seconds: float) -> None:
    """The counts, one a line, so that people and scripts can read them."""
    rate = totals.requests / seconds if seconds else 0.0
    click.echo(f"sent       {totals.requests:>8,}   in {seconds:.1f} s, {rate:,.0f} a second")
    click.echo(f"accepted   {totals.outcomes['accepted']:>8,}   stored in the event log")
    click.echo(f"spooled    {totals.outcomes['spooled']:>8,}   stored in the API's spool until the log is back")
    click.echo(f"refused    {totals.outcomes['refused']:>8,}   invalid: sending again would not help")
    click.echo(f"retried    {totals.retried:>8,}   sent again with the same id: no answer, or 5xx")
    if totals.outcomes["undelivered"]:
        click.echo(f"given up   {totals.outcomes['undelivered']:>8,}   still not taken after the last retry")
    for complaint, times in totals.complaints.most_common(5):
        click.echo(f"  {times:,} times: {complaint}", err=True)
