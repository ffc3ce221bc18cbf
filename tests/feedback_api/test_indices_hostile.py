"""Whatever is asked with a key, in whatever combination: figures or a problem that is the asker's, never a 500."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback_api.comparison_query import KNOWN as COMPARED
from feedback_api.indices_query import KNOWN as ASKED
from feedback_api.responses_query import KNOWN as EXPORTED
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import Office, put_catalog, settings_in

PATHS = {"/v1/indices": ASKED, "/v1/indices/comparison": COMPARED, "/v1/responses": EXPORTED}
LIKELY = (
    *("ult-makassar", "ult-makassar,ult-jayapura", "legalisasi", "konsultasi,legalisasi", "kiosk-1", "qr", "nps@1"),
    *(
        "smiley@1",
        "skm-2017@1",
        "2026",
        "2026-Q3,2026-Q4",
        "2026-W47",
        "2026-11-20",
        "2026-11-20T08:00",
        "2999",
        "1970",
    ),
    *("hour", "day", "year", "service,sex,element", "channel,disability", "female", "not-stated", "exact", "0.11"),
    *("include", "live", "true", "5", "0", "", ",", "e30.x", "2026-11-20T08:00+23:59", "9999-12-31"),
)
VALUES = st.sampled_from(LIKELY) | st.text(max_size=12)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    chosen = settings_in(tmp_path_factory.mktemp("hostile"))
    put_catalog(chosen)
    opened = Office(chosen)
    opened.context.catalog.refresh()
    count(opened, response("2026-11-20T09:00+08:00", {"kepuasan": 4}))
    yield opened
    opened.close()


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    path=st.sampled_from(sorted(PATHS)),
    suffix=st.sampled_from(["", ".csv", ".xlsx"]),
    given_values=st.lists(VALUES, min_size=8, max_size=8),
    order=st.permutations(range(20)),
)
def test_any_combination_is_answered(
    office: Office, path: str, suffix: str, given_values: list[str], order: list[int]
) -> None:
    names = [PATHS[path][at % len(PATHS[path])] for at in order[:8]]
    known = {name: value.encode("utf-8", "surrogatepass") for name, value in zip(names, given_values, strict=True)}
    for number in range(len(known) + 1):
        query = urlencode(dict(list(known.items())[:number]))
        answer = office.get(f"{path}{suffix}?{query}")
        assert answer.status_code in (200, 422), (query, answer.text)
        answer.close()  # as a server does, whether its client read to the end or not
        if answer.status_code == 422:
            break
