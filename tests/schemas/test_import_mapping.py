"""A mapping file is read whole, or refused with the line of every fault."""

from pathlib import Path

import pytest

from schemas.import_mapping import ImportMapping, Source
from schemas.import_mapping_file import MappingInvalid, read_mapping

EXAMPLE = Path(__file__).parents[2] / "puas" / "import_mapping.example.yaml"
SOUND = """\
unit: jatim
service: {column: Layanan, values: {KTP: ktp}}
touchpoint: kertas
instrument: smiley@1
date: Tanggal
answers:
  kepuasan: Nilai
"""


def read(tmp_path: Path, text: str | bytes) -> ImportMapping:
    path = tmp_path / "map.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_mapping(path)


def messages(tmp_path: Path, text: str | bytes) -> list[str]:
    with pytest.raises(MappingInvalid) as caught:
        read(tmp_path, text)
    return [message.removeprefix(f"{tmp_path}/") for message in caught.value.messages]


def test_the_example_is_a_sound_mapping_of_the_whole_form() -> None:
    mapping = read_mapping(EXAMPLE)
    assert (mapping.series, mapping.instrument, len(mapping.answers)) == ("skm-2023-s2", "skm-2017@1", 9)
    assert mapping.unit == Source(fixed="ult-bbpmp-jatim")
    assert mapping.number == Source(column="No")
    assert mapping.date == Source(column="Tanggal", format="%d/%m/%Y")
    assert mapping.answers["sarpras"].values == {"a": 1, "b": 2, "c": 3, "d": 4}
    assert mapping.respondent["age_band"].years
    assert mapping.not_applicable == {"-", "0", "tb"}


def test_a_name_alone_is_a_fixed_place_and_a_column_elsewhere(tmp_path: Path) -> None:
    mapping = read(tmp_path, SOUND)
    assert mapping.unit == Source(fixed="jatim")
    assert mapping.service == Source(column="Layanan", values={"ktp": "ktp"})
    assert (mapping.date, mapping.answers) == (Source(column="Tanggal"), {"kepuasan": Source(column="Nilai")})
    assert (mapping.header_row, mapping.number, mapping.comment, mapping.series) == (1, None, None, "")


def test_options_go_before_the_file_and_are_named_instead_of_its_lines(tmp_path: Path) -> None:
    mapping = read(tmp_path, SOUND).overridden(unit=None, service="akta", touchpoint=None)
    assert mapping.service == Source(fixed="akta")
    assert mapping.where("service") == "--service"
    assert mapping.where("touchpoint").endswith("map.yaml:3")


def test_null_among_answer_words_means_not_applicable(tmp_path: Path) -> None:
    mapping = read(tmp_path, SOUND.replace("Nilai", "{column: Nilai, values: {Puas: 3, Tidak tahu: null}}"))
    assert mapping.answers["kepuasan"].values == {"puas": 3, "tidak tahu": None}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("tanggal: x", "map.yaml:8: tanggal is not known; there are: answers, "),
        ("number: No", "map.yaml:8: number must be text (write it in quotes: YAML reads No, "),
        ("number: []", "map.yaml:8: number must be text"),
        ("number: {column: A, fixed: B}", "map.yaml:8: number needs a column, or a fixed value"),
        ("number: {kolom: A}", "map.yaml:8: number needs a column"),
        ("number: {kolom: A}", "map.yaml:8: number.kolom is not known; there are: column, fixed"),
        ("time: {column: Jam, format: HH.MM}", "map.yaml:8: time.format is made of %d"),
        ("time: {column: Jam, format: '%Q'}", "map.yaml:8: time.format is made of %d"),
        ("respondent: {nama: Nama}", "map.yaml:8: respondent.nama is not known; there are: age_band, "),
        (
            "respondent: {sex: {column: JK, values: {L: Laki laki}}}",
            "map.yaml:8: respondent.sex.values.L must be an id",
        ),
        ("respondent: {sex: {column: JK, values: [L]}}", "map.yaml:8: respondent.sex.values must be a block"),
        (
            "respondent: {sex: {column: JK, values: {L: male, l: female}}}",
            'map.yaml:8: respondent.sex.values names "l"',
        ),
        ("respondent: {sex: {column: JK, years: true}}", "map.yaml:8: respondent.sex.years is not known"),
        ("respondent: {age_band: {column: U, years: 1}}", "map.yaml:8: respondent.age_band.years must be true or"),
        (
            "respondent: {age_band: {column: U, years: true, values: {a: b}}}",
            "map.yaml:8: respondent.age_band has values",
        ),
        ("file: {delimiter: koma}", "map.yaml:8: file.delimiter must be one of comma, semicolon, tab"),
        ("file: {encoding: latin-1}", "map.yaml:8: file.encoding must be one of utf-8"),
        ("file: {header_row: -1}", "map.yaml:8: file.header_row must be a row's number"),
        ("file: jawaban", "map.yaml:8: file must be a block"),
        ("not_applicable: '-'", "map.yaml:8: not_applicable must be a list"),
        ("unit: x", 'map.yaml:8: "unit" stands twice'),
    ],
)
def test_a_fault_names_its_line_and_what_is_known(tmp_path: Path, line: str, told: str) -> None:
    assert any(message.startswith(told) for message in messages(tmp_path, f"{SOUND}{line}\n")), told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("instrument: smiley@1", "instrument: smiley", "map.yaml:4: instrument must be the id and version"),
        ("instrument: smiley@1", "", "map.yaml:1: instrument is missing"),
        ("date: Tanggal", "", "map.yaml:1: date is missing"),
        ("  kepuasan: Nilai", "", "map.yaml:6: answers is missing"),
        ("kepuasan: Nilai", "kepuasan:", "map.yaml:7: answers.kepuasan needs its column"),
        (
            "Nilai",
            "{column: Nilai, values: {Puas: tiga}}",
            "map.yaml:7: answers.kepuasan.values.Puas must be an answer's",
        ),
        ("unit: jatim", "unit: ULT Jatim", "map.yaml:1: unit must be an id of the catalog, or {column: …}"),
    ],
)
def test_what_is_needed_is_asked_for(tmp_path: Path, before: str, after: str, told: str) -> None:
    assert before in SOUND
    assert any(message.startswith(told) for message in messages(tmp_path, SOUND.replace(before, after)))


def test_every_fault_is_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    told = messages(tmp_path, "unit: A B\ninstrument: x\ndate: 2023-01-01\nanswers: {a: [1]}\nnumber: true\n")
    assert [message.split(":")[1] for message in told] == ["1", "2", "4", "5"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "map.yaml:1: the file must be a block"),
        (b"- 1", "map.yaml:1: the file must be a block"),
        (b"unit: 'x", "map.yaml:1: "),
        (b"unit: a\n\xff", "map.yaml:2: is not UTF-8 text"),
        (b"#" * (1 << 20) + b"#", "map.yaml: is larger than 1 MiB"),
    ],
)
def test_what_is_no_mapping_is_refused_in_one_line(tmp_path: Path, text: bytes, told: str) -> None:
    (message,) = messages(tmp_path, text)
    assert message.startswith(told)
