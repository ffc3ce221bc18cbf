"""`puas report`: the survey report of a unit and period, or its poster, as a file."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from puas.failures import Failed
from schemas.violation import printable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from reporting.report_files import ReportForm
    from reporting.words import Words
    from schemas.catalog import Catalog, Unit

STDOUT = Path("-")
FORMS = ("pdf", "html", "xlsx", "png")
_WEIGHTS = ("exact", "0.1111", "0.111", "0.11", "0.071")


@click.command(
    epilog="""\b
Examples:
  puas report ult-bbpmp-jatim 2026-Q4
  puas report ult-bbpmp-jatim 2026 --format xlsx --language en
  puas report ult-bbpmp-jatim 2026-Q4 --service pengaduan -o pengaduan.html
  puas report ult-bbpmp-jatim 2026-Q4 --poster a3 --address https://puas.example.go.id/p/ult-bbpmp-jatim
\b
With png, each page becomes a picture of its own: NAME-1.png, NAME-2.png, …
A closed period is reported as it was closed. The file holds visitors' own words and every response: check it
before passing it on. A poster holds only what everybody may see; its unit must be public in the catalog.
"""
)
@click.argument("unit")
@click.argument("period", metavar="PERIOD")
@click.option("--service", help="Only this service of the unit.")
@click.option("--instrument", default="skm-2017@1", show_default=True, help="The questionnaire.")
@click.option("--weights", type=click.Choice(_WEIGHTS), help="Weight convention; else the questionnaire's own.")
@click.option("--format", "form", type=click.Choice(FORMS), help="Else told from FILE; else pdf.")
@click.option("--language", type=click.Choice(("id", "en")), default="id", show_default=True)
@click.option("--live", is_flag=True, help="The counts of now, even when the period is closed.")
@click.option("--without-responses", is_flag=True, help="Leave out visitors' own words and the tabulation.")
@click.option("--poster", "size", type=click.Choice(("a4", "a3")), help="Make the poster instead, as a PDF.")
@click.option("--address", help="Of the unit's public page, for the poster's QR code.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
def report(unit: str, period: str, output: Path | None, **asked: Any) -> None:
    """Write the report of UNIT for PERIOD.

    PERIOD is a year (2026), half-year (2026-S2), quarter (2026-Q4), month (2026-11), week (2026-W47) or day.
    """
    from puas.wiring import database, load_settings, prepare_data_dir
    from readmodel.catalog import load_catalog
    from readmodel.database import reading
    from reporting.words import Words

    if asked["address"] and not asked["size"]:
        raise click.UsageError("--address goes with --poster.")
    settings = load_settings()
    prepare_data_dir(settings)
    words = Words(asked["language"])
    with database(settings) as engine, reading(engine) as conn:
        _version, catalog = load_catalog(conn)
        found = catalog.unit(unit)
        if found is None:
            raise Failed(f"the catalog has no unit {printable(unit)!r}; `puas catalog show` lists them")
        make = _poster if asked["size"] else _report
        name, files = make(conn, catalog, found, period, words, {**asked, "output": output})
    _write(output or Path(name), files)


def _report(
    conn: "Connection", catalog: "Catalog", unit: "Unit", label: str, words: "Words", asked: dict[str, Any]
) -> tuple[str, list[bytes]]:
    from readmodel.queries import TooMuch
    from reporting.report_files import file_name, most_rows, most_suggestions, page_pictures, render
    from reporting.report_reading import NotReportable, Options, read_report
    from satisfaction.periods import BadPeriod, parse_period

    wanted = _form(asked["form"], asked["output"])
    form = cast("ReportForm", "pdf" if wanted == "png" else wanted)
    hidden = asked["without_responses"]
    options = Options(
        now=datetime.now(UTC),
        instrument=asked["instrument"],
        service=asked["service"],
        weights=asked["weights"],
        live=asked["live"],
        suggestions=None if hidden else most_suggestions(form),
        rows=None if hidden else most_rows(form),
    )
    try:
        made = read_report(conn, catalog, unit, parse_period(label, unit.zone), options)
    except BadPeriod:
        raise _no_period(label) from None
    except NotReportable as error:
        raise click.UsageError(f"--{error.field}: {error}.") from None
    except TooMuch as error:
        raise Failed(str(error)) from None
    files = page_pictures(made, words) if wanted == "png" else [render(made, words, form)]
    return file_name(made, words, wanted), files


def _poster(
    conn: "Connection", catalog: "Catalog", unit: "Unit", label: str, words: "Words", asked: dict[str, Any]
) -> tuple[str, list[bytes]]:
    from reporting.poster import poster, poster_picture, read_poster
    from reporting.public import NotPublic
    from satisfaction.periods import BadPeriod

    form = _form(asked["form"], asked["output"])
    if asked["service"] or form not in ("pdf", "png"):
        raise click.UsageError("a poster is of the whole unit, as a PDF or PNG: leave --service and other formats out.")
    try:
        made = read_poster(
            conn,
            catalog,
            unit,
            now=datetime.now(UTC),
            period=label,
            instrument=asked["instrument"],
            address=asked["address"],
        )
    except BadPeriod:
        raise _no_period(label) from None
    except NotPublic as error:
        if error.what == "period":
            raise click.UsageError("a poster is of a year, half-year, quarter or month.") from None
        raise Failed(f"{unit.id} is not public: give it `public: unit` in the catalog") from None
    except LookupError as error:
        raise Failed(str(error.args[0])) from None
    name = f"{words('file.poster')}-{unit.id}-{label}-{asked['size']}.{form}"
    return name, [(poster if form == "pdf" else poster_picture)(made, words, asked["size"])]


def _form(asked: str | None, output: Path | None) -> str:
    """The form asked for, else the one that the file's name tells, else PDF."""
    told = "" if output is None else output.suffix.lower()[1:]
    return asked or (told if told in FORMS else "pdf")


def _no_period(label: str) -> click.UsageError:
    return click.UsageError(
        f"{printable(label)!r} is no period: 2026, 2026-S2, 2026-Q4, 2026-11, 2026-W47, 2026-11-21."
    )


def _write(path: Path, files: list[bytes]) -> None:
    """Write the file; several as NAME-1, NAME-2 and so on."""
    if path == STDOUT:
        if len(files) > 1:
            raise click.UsageError("pictures of several pages don't fit into one stream: name a FILE.")
        sys.stdout.buffer.write(files[0])
        return
    for number, data in enumerate(files, 1):
        each = path if len(files) == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        try:
            each.write_bytes(data)
        except OSError as error:
            raise Failed(f"{printable(str(each))} can't be written: {error.strerror}") from None
        click.echo(f"Wrote {printable(str(each))} ({max(1, len(data) // 1000):,} kB).")
