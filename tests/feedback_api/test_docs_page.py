"""The reference to read: all that the document says, without a script and without asking anybody else."""

import re
from html.parser import HTMLParser

import pytest
from werkzeug.test import TestResponse

from feedback_api.openapi_document import openapi_document
from feedback_api.problem_kinds import KINDS
from tests.feedback_api.office import Office


class Page(HTMLParser):
    """What a page holds: text, ids, links, what it loads, and the outline of its headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.headings: list[int] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.ids += [given["id"]] if "id" in given else []
        if tag == "a":
            self.links.append(given["href"])
        if tag == "link" or "src" in given:
            self.loads.append(given.get("href", given.get("src", "")))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def answer(office: Office) -> TestResponse:
    return office.anonymous.get("/docs", **{"Accept-Language": "en"})


@pytest.fixture
def page(answer: TestResponse) -> Page:
    return Page(answer.text)


def test_every_operation_parameter_status_and_problem_is_there(page: Page) -> None:
    for path, item in openapi_document()["paths"].items():
        assert path in page.text
        for operation in item.values():
            shown = operation.get("x-form-of") is None
            assert (operation["operationId"] in page.ids) == shown
            assert all(f"{parameter['name']}" in page.text for parameter in operation["parameters"])
    assert {f"problem-{code}" for code in KINDS} <= set(page.ids)
    assert {f"schema-{name}" for name in openapi_document()["components"]["schemas"]} <= set(page.ids)


def test_links_within_the_page_lead_somewhere_and_ids_are_unique(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_it_loads_nothing_from_elsewhere_and_runs_no_script(answer: TestResponse, page: Page) -> None:
    assert "script" not in page.tags
    assert all(address.startswith(("/static/", "data:")) for address in page.loads)
    assert [link for link in page.links if not link.startswith(("#", "/"))] == []
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_headings_follow_each_other_without_a_gap(page: Page) -> None:
    assert page.headings[0] == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_examples_name_the_server_that_was_asked(office: Office) -> None:
    assert "curl http://localhost/v1/catalog" in office.anonymous.get("/docs").text
    told = office.anonymous.get("/docs", Host="puas.example.org").text
    assert "http://puas.example.org/v1/indices?" in told
    assert "127.0.0.1:8000" not in told


def test_what_a_client_calls_the_server_can_do_no_harm(office: Office) -> None:
    told = office.anonymous.get("/docs", Host='a"><script>x</script>').text
    assert "<script>" not in told


def test_it_says_who_may_ask(page: Page) -> None:
    assert "Needs a key with the scope “export”." in page.text
    assert "Everybody sees what is public; a key with the scope “read” sees all." in page.text
    assert "Open to everybody." in page.text
