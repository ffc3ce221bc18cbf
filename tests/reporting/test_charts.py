"""Charts tell everything in figures, labels and patterns, so that a grey print loses nothing."""

import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from reporting.chart_fills import fill
from reporting.charts import WIDTH, Bar, Limit, Point, Stack, bars, stacks, trend

SVG = "{http://www.w3.org/2000/svg}"
AXIS = ((Decimal(60), "60"), (Decimal(100), "100"))


def drawn(svg: str) -> ElementTree.Element:
    """The drawing, parsed as the XML it must be."""
    return ElementTree.fromstring(svg)  # noqa: S314 - our own drawing


def texts(svg: str) -> list[str]:
    return [text.text or "" for text in drawn(svg).iter(f"{SVG}text")]


def point(label: str, value: str | None) -> Point:
    figure = None if value is None else Decimal(value)
    return Point(
        label, figure, None if figure is None else figure - 2, None if figure is None else figure + 2, value or "-"
    )


def luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_bar_is_as_long_as_its_figure_on_the_scale_and_has_it_in_print() -> None:
    svg = bars([Bar("U1 Waktu", Decimal(4), "4,000"), Bar("U2 Biaya", Decimal("2.5"), "2,500")], 1, 4, (), "alt")
    full, half = (float(bar.get("width", "")) for bar in drawn(svg).findall(f"{SVG}rect"))
    assert half == pytest.approx(full / 2, abs=0.1)
    assert {"4,000", "2,500"} <= set(texts(svg))


def test_an_element_without_answers_has_no_bar_but_a_row() -> None:
    svg = bars([Bar("U1 Waktu", None, "-")], 1, 4, (), "alt")
    assert drawn(svg).findall(f"{SVG}rect") == []
    assert {"U1 Waktu", "-"} <= set(texts(svg))


def test_limits_are_broken_lines_with_labels_that_do_not_touch() -> None:
    limits = [Limit(Decimal(at), f"band at {at}") for at in ("2.6", "3.0644", "3.0700")]
    svg = bars([Bar("U1", Decimal(3), "3")], 1, 4, limits, "alt")
    assert len(drawn(svg).findall(f"{SVG}line[@stroke-dasharray]")) == 3
    close = [text.get("y") for text in drawn(svg).iter(f"{SVG}text") if "3.0" in (text.text or "")]
    assert len(set(close)) == 2


def test_shares_of_answers_fill_the_bar_and_are_printed_where_there_is_room() -> None:
    svg = stacks([Stack("U1", (1, 0, 40, 159), ("0,5%", "0,0%", "20,0%", "79,5%"))], ["1", "2", "3", "4"], "alt")
    segments = [rect for rect in drawn(svg).findall(f"{SVG}rect") if rect.get("stroke") == "#fff"]
    widths = [float(segment.get("width", "")) for segment in segments]
    assert len(widths) == 3
    assert float(segments[-1].get("x", "")) + widths[-1] == pytest.approx(WIDTH, abs=0.1)
    assert {"20,0%", "79,5%"} <= set(texts(svg))
    assert "0,5%" not in texts(svg)


@pytest.mark.parametrize("answers", [2, 3, 4])
def test_answers_stay_apart_without_colour(answers: int) -> None:
    fills = [fill(number, answers) for number in range(answers)]
    plain = sorted(luminance(each.paint) for each in fills if each.paint.startswith("#"))
    assert all(b - a > 60 for a, b in pairwise(plain))
    patterns = [each.paint for each in fills if each.paint.startswith("url")]
    assert len(set(patterns)) == len(patterns)


@pytest.mark.parametrize("answers", [4, 6, 11])
def test_text_on_a_segment_stands_out_from_its_ground(answers: int) -> None:
    for number in range(answers):
        look = fill(number, answers)
        light, dark = sorted((luminance(look.ink) / 255, luminance(look.ground) / 255), reverse=True)
        assert light - dark > 0.35


def test_a_period_without_a_figure_is_a_gap_in_the_trend() -> None:
    whole = trend([point("Q1", "80"), point("Q2", "82"), point("Q3", "84")], (), AXIS, "alt")
    broken = trend([point("Q1", "80"), point("Q2", None), point("Q3", "84")], (), AXIS, "alt")
    joined = 'stroke="#35688f" stroke-width="1.6"'
    assert (whole.count(joined), broken.count(joined)) == (2, 0)
    assert "Q2" in texts(broken)


def test_names_are_text_and_never_markup() -> None:
    svg = bars([Bar('<script>"&', Decimal(1), "1")], 1, 4, (), 'a "quoted" <alt>')
    assert drawn(svg).find(f"{SVG}title") is not None
    assert drawn(svg).findall(f".//{SVG}script") == []
    assert '<script>"&' in texts(svg)


def test_a_long_name_is_cut_to_two_lines() -> None:
    svg = bars([Bar("Penanganan pengaduan " * 9, Decimal(2), "2")], 1, 4, (), "alt")
    lines = [text for text in texts(svg) if "engaduan" in text]
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(len(line) <= 30 for line in lines)
    assert not re.search(r"NaN|inf", svg)
