"""What a report says: every figure with its conditions, in plain sentences, and nothing its reader may not see."""

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from reporting.report import Report
from reporting.report_blocks import Block, Figure, Heading, Paragraph, Quotes, Table, Tabulation
from reporting.report_conclusion import planned
from reporting.report_document import document
from reporting.report_ranking import extremes
from reporting.words import LANGUAGES, Words
from satisfaction.index import ElementMeasure
from satisfaction.instruments import Language, instruments
from tests.reporting.report_samples import SAID, report

EARLIER = {"2026-Q2": 40, "2026-Q3": 60}


def blocks(found: Report, language: Language = "id") -> list[Block]:
    return list(document(found, Words(language)).blocks)


def paragraphs(found: Report, language: Language = "id") -> str:
    return "\n".join(block.text for block in blocks(found, language) if isinstance(block, Paragraph))


def table(found: Report, caption: str, language: Language = "id") -> Table:
    """The table whose caption begins so."""
    return next(
        each for each in blocks(found, language) if isinstance(each, Table) and each.caption.startswith(caption)
    )


def section(found: Report, heading: str) -> str:
    """The text of the paragraphs under a heading, up to the next."""
    told, inside = [], False
    for block in blocks(found):
        if isinstance(block, Heading):
            inside = heading in block.text
        elif inside and isinstance(block, Paragraph):
            told.append(block.text)
    return " ".join(told)


def elements(*nrrs: str) -> tuple[ElementMeasure, ...]:
    return tuple(ElementMeasure(f"e{at}", 9, Decimal(nrr), {}) for at, nrr in enumerate(nrrs))


def keys(found: tuple[ElementMeasure, ...]) -> list[str]:
    return [element.key for element in found]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("instrument", sorted(instruments()))
@pytest.mark.parametrize("n", [0, 1, 12])
def test_every_questionnaire_has_a_report_for_any_number_of_answers(
    language: Language, instrument: str, n: int
) -> None:
    found = blocks(report(n, instrument, earlier=EARLIER), language)
    chapters = [block.text for block in found if isinstance(block, Heading) and block.level == 1]
    assert len(chapters) == 6
    sections = [block.text.split()[0] for block in found if isinstance(block, Heading) and block.level == 2]
    assert sections == [f"{chapter}.{at}" for chapter, last in ((1, 6), (2, 6), (3, 4)) for at in range(1, last + 1)]
    for block in found:
        if isinstance(block, Table | Tabulation):
            assert all(len(row) == len(block.columns) for row in block.rows)


def test_the_headline_states_figure_band_interval_and_what_the_interval_is_not() -> None:
    found = report(120)
    measure = found.measure
    assert measure.ikm is not None
    assert measure.interval is not None
    said = paragraphs(found)
    assert f"IKM ULT Makassar adalah {str(measure.ikm).replace('.', ',')} (n = 113)." in said
    assert "Mutu pelayanannya B (Baik)." in said
    assert str(measure.interval.low).replace(".", ",") in said
    assert "hanya menggambarkan ketidakpastian pengambilan sampel" in said


def test_elements_are_tabulated_with_counts_nrr_weighted_nrr_and_band() -> None:
    found = report(120)
    rows = table(found, "NRR, NRR tertimbang").rows
    first = found.measure.elements[0]
    assert rows[0] == (
        "U1",
        "Persyaratan",
        f"{first.n}",
        f"{first.nrr}".replace(".", ","),
        rows[0][4],
        "B\N{NO-BREAK SPACE}(Baik)",
    )
    assert rows[-1][4] == f"{found.measure.index}".replace(".", ",")


def test_a_perception_index_is_published_on_its_own_scale_without_bands() -> None:
    found = report(60, "spak@1")
    said = paragraphs(found)
    assert f"IPAK ULT Makassar adalah {str(found.measure.index).replace('.', ',')} (n = 57)" in said
    assert f"Nilai konversinya {str(found.measure.ikm).replace('.', ',')}." in said
    assert "Mutu" not in [column.title for column in table(found, "NRR, NRR tertimbang").columns]


def test_the_sample_is_measured_against_the_people_served() -> None:
    known = report(120, population=150)
    assert "tercatat 150 orang" in paragraphs(known)
    assert "108 responden; yang terkumpul 113 responden. Jumlah responden mencukupi." in paragraphs(known)
    assert "384 responden mencukupi" in paragraphs(report(120))
    assert "Jumlah responden belum mencukupi." in paragraphs(report(120))


@pytest.mark.parametrize(("n", "warned"), [(12, True), (30, True), (31, False), (0, False)])
def test_few_respondents_are_warned_of(n: int, warned: bool) -> None:
    assert ("Perhatian: responden kurang dari 30" in paragraphs(report(n))) is warned


def test_no_responses_are_said_to_be_none() -> None:
    found = report(0, earlier=EARLIER)
    assert "Tidak ada respons yang dihitung pada periode Triwulan IV Tahun 2026" in paragraphs(found)
    figures = [block for block in blocks(found) if isinstance(block, Figure)]
    assert len(figures) == 1


def test_responses_left_out_are_counted_with_the_figure_that_they_would_make() -> None:
    found = report(120)
    with_them = str(found.with_excluded.ikm).replace(".", ",")
    assert "mengeluarkan 7 dari 120 respons (5,8%)" in paragraphs(found)
    assert f"dengan respons itu {with_them}." in paragraphs(found)


def test_the_profile_counts_who_did_not_say_and_adds_up() -> None:
    rows = table(report(120), "Responden menurut jenis kelamin").rows
    assert [row[0] for row in rows] == ["Perempuan", "Laki-laki", "Tidak disebutkan", "Jumlah seluruhnya"]
    assert sum(int(row[1]) for row in rows[:-1]) == int(rows[-1][1]) == 113


def test_the_discussion_tells_answers_by_their_words_most_frequent_first() -> None:
    said = section(report(120), "U3 Waktu")
    counts = report(120).measure.elements[2].distribution
    first = max(counts, key=lambda answer: (counts[answer], answer))
    words = {1: "Tidak cepat", 2: "Kurang cepat", 3: "Cepat", 4: "Sangat cepat"}
    assert f"Jawaban dari yang terbanyak: “{words[first]}” {counts[first]} (" in said
    assert "Tidak menjawab: " in said


def test_a_fee_that_scores_high_by_the_scale_is_explained() -> None:
    assert "layanan tanpa biaya dengan sendirinya bernilai mendekati 4" in section(report(120), "U4 Biaya")


def test_the_weight_convention_is_stated() -> None:
    assert "Setiap unsur diberi bobot 0,11 (dibulatkan" in paragraphs(report(120, weights="0.11"))
    assert ("Bobot unsur", "0.11") in table(report(120, weights="0.11"), "Aturan dan data").rows


def test_live_and_closed_figures_are_told_apart_with_digest_and_late_arrivals() -> None:
    assert "belum ditutup" in paragraphs(report(12))
    closed = report(12, closed=True)
    assert "dibekukan sebagai revisi 2. Respons yang datang setelah penutupan: 3" in paragraphs(closed)
    rows = {row[0]: row[1] for row in table(closed, "Aturan dan data").rows}
    assert rows["Sidik respons (SHA-256)"].replace(" ", "") == "0123456789abcdef" * 4
    assert rows["Posisi log (sebelum posisi ini)"] == "0: 12, 1: 12"


def test_live_figures_of_a_closed_period_say_that_they_are_not_the_published_ones() -> None:
    found = report(12)
    live = replace(found, origin=replace(found.origin, departs_from=2))
    assert "sudah ditutup (revisi 2), tetapi laporan ini memakai angka terkini" in paragraphs(live)


def test_weights_of_a_units_own_are_listed() -> None:
    found = report(60)
    weights = {element.key: Fraction(1, 10) for element in found.instrument.elements}
    own = replace(found.instrument, weights=weights | {"waktu": Fraction(1, 5)})
    said = paragraphs(replace(found, instrument=own, measure=replace(found.measure, weights="own")))
    assert "Bobot unsur ditetapkan sendiri oleh unit: U1 0,1000, U2 0,1000, U3 0,2000" in said


def test_a_period_that_is_running_is_called_provisional() -> None:
    assert "masih berjalan" in paragraphs(replace(report(12), over=False))


def test_a_reader_without_the_right_sees_no_words_and_no_rows() -> None:
    found = blocks(report(120, allowed=False))
    assert not any(isinstance(block, Quotes | Tabulation) for block in found)
    assert "memerlukan hak ekspor" in paragraphs(report(120, allowed=False))


def test_a_reader_with_the_right_sees_both() -> None:
    found = blocks(report(120))
    (quotes,) = [block for block in found if isinstance(block, Quotes)]
    assert quotes.items[0][0] in SAID
    (rows,) = [block for block in found if isinstance(block, Tabulation)]
    assert len(rows.rows) == 120
    assert [row[-1] for row in rows.rows].count("tidak") == 7


def test_a_long_tabulation_is_left_to_the_workbook() -> None:
    found = replace(report(12), rows=(), rows_total=10_000)
    assert not any(isinstance(block, Tabulation) for block in blocks(found))
    assert "10.000 respons. Tabulasi yang lebih panjang dari 1.000 baris tidak dicetak" in paragraphs(found)


def test_the_trend_keeps_periods_without_answers_and_says_which_are_closed() -> None:
    found = report(120, earlier={"2026-Q2": 40, "2026-Q3": 0})
    rows = table(found, "IKM per periode").rows
    assert [row[0] for row in rows] == ["Triwulan II Tahun 2026", "Triwulan III Tahun 2026", "Triwulan IV Tahun 2026"]
    assert rows[1][1:4] == ("0", "\N{EN DASH}", "\N{EN DASH}")
    assert [row[-1] for row in rows] == ["dibekukan", "dibekukan", "angka terkini"]


def test_three_highest_and_three_lowest_are_named() -> None:
    found = extremes(elements("3.1", "3.9", "2.5", "3.3", "3.8", "2.7", "3.0", "3.7", "3.2"))
    assert (keys(found.highest), keys(found.lowest)) == (["e1", "e4", "e7"], ["e2", "e5", "e6"])


def test_elements_equal_to_the_third_are_named_with_it() -> None:
    found = extremes(elements("3.9", "3.8", "3.5", "3.5", "3.0", "2.0", "2.5", "2.5", "2.5"))
    assert (keys(found.highest), keys(found.lowest)) == (["e0", "e1", "e2", "e3"], ["e5", "e6", "e7", "e8"])


def test_no_element_is_both_highest_and_lowest() -> None:
    found = extremes(elements("3.5", "3.5", "3.5", "3.5", "3.5", "3.5", "3.5", "3.5", "3.0"))
    assert (keys(found.highest), keys(found.lowest)) == ([f"e{at}" for at in range(8)], ["e8"])
    assert extremes(elements("3.5", "3.5", "3.5")).highest == ()


def test_the_plan_begins_with_the_lowest_and_leaves_the_rest_to_fill() -> None:
    found = report(120)
    lowest = sorted(element.nrr or Decimal(9) for element in found.measure.elements)[:3]
    assert [element.nrr for element in planned(found)] == lowest
    rows = table(found, "Rencana tindak lanjut").rows
    assert len(rows) == 5
    assert all(cell == "" for row in rows for cell in row[2:])


def test_several_questions_of_an_element_are_told_by_number() -> None:
    skm = instruments()["skm-2017@1"]
    doubled = replace(
        skm,
        id="skm-2017-rinci@1",
        questions=(*skm.questions, replace(skm.questions[0], key="persyaratan-2", answers=skm.questions[3].answers)),
    )
    found = report(60)
    said = section(replace(found, instrument=doubled), "U1 ")
    assert re.search(r"terbanyak: [1-4] \d+ \(", said)
