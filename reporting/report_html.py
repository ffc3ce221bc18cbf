"""A report as one self-contained page: style inside, charts as images inside, no script, no outside request."""

import base64
import hashlib
from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined

from reporting.report_blocks import Document, Heading


def html(document: Document) -> str:
    """The page; made for screen readers and for printing as much as for screens."""
    anchors = [at for at, block in enumerate(document.blocks) if isinstance(block, Heading) and block.level < 3]
    return _environment().get_template("report.html").render(document=document, style=style(), anchors=anchors)


def policy() -> str:
    """The Content-Security-Policy under which the page still works: its own style and images, nothing else."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; frame-ancestors 'none'"


@cache
def style() -> str:
    """The page's style sheet."""
    return _read("report.css")


@cache
def _environment() -> Environment:
    # select_autoescape looks at names; ours are all HTML.
    environment = Environment(loader=FunctionLoader(_read), autoescape=True, undefined=StrictUndefined)
    environment.filters["data_address"] = _data_address
    return environment


def _read(name: str) -> str:
    return (resources.files("reporting") / "templates" / name).read_text(encoding="utf-8")


def _data_address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
