"""What the packaged questionnaires ask and which responses they accept."""

from dataclasses import replace
from fractions import Fraction
from typing import cast

import pytest

from satisfaction.bands import band_tables
from satisfaction.index import conventions
from satisfaction.instruments import Answer, Element, Instrument, Kind, UnknownInstrument, instrument, instruments
from satisfaction.weights import Weighting
from tests.satisfaction.questionnaires import questionnaire, words

SKM_KEYS = {
    "persyaratan": "U1",
    "prosedur": "U2",
    "waktu": "U3",
    "biaya": "U4",
    "produk": "U5",
    "kompetensi": "U6",
    "perilaku": "U7",
    "pengaduan": "U8",
    "sarpras": "U9",
}


@pytest.fixture
def skm() -> Instrument:
    return instrument("skm-2017@1")


def test_the_skm_has_the_nine_elements_under_their_codes(skm: Instrument) -> None:
    assert {element.key: element.code for element in skm.elements} == SKM_KEYS
    assert [(question.key, question.element) for question in skm.questions] == [(key, key) for key in SKM_KEYS]


@pytest.mark.parametrize(
    ("key", "labels"),
    [
        ("biaya", ["Sangat mahal", "Cukup mahal", "Murah", "Gratis"]),
        (
            "pengaduan",
            ["Tidak ada", "Ada tetapi tidak berfungsi", "Berfungsi kurang maksimal", "Dikelola dengan baik"],
        ),
        ("sarpras", ["Buruk", "Cukup", "Baik", "Sangat baik"]),
        ("waktu", ["Tidak cepat", "Kurang cepat", "Cepat", "Sangat cepat"]),
    ],
)
def test_answers_carry_the_words_of_the_regulation_from_worst_to_best(
    skm: Instrument, key: str, labels: list[str]
) -> None:
    answers = skm.question(key).answers
    assert [answer.value for answer in answers] == [1, 2, 3, 4]
    assert [answer.label.in_language("id") for answer in answers] == labels


def test_every_packaged_instrument_says_what_is_published_of_it() -> None:
    assert {item.id: item.kind for item in instruments().values()} == {
        "nps@1": "nps",
        "skm-2017@1": "ikm",
        "smiley@1": "satisfaction",
        "spak@1": "perception",
        "spkp@1": "perception",
    }


def test_the_perception_surveys_ask_what_the_award_evaluation_asks() -> None:
    """Eight items about service quality, five about corruption, each an element of its own that may be left out."""
    asked = {name: instrument(name) for name in ("spkp@1", "spak@1")}
    assert [element.key for element in asked["spkp@1"].elements] == [
        "informasi",
        "persyaratan",
        "prosedur",
        "waktu",
        "biaya",
        "sarpras",
        "respons",
        "konsultasi",
    ]
    assert [element.key for element in asked["spak@1"].elements] == [
        "diskriminasi",
        "kecurangan",
        "imbalan",
        "pungli",
        "percaloan",
    ]
    for item in asked.values():
        assert [question.element for question in item.questions] == [element.key for element in item.elements]
        assert all(question.optional for question in item.questions)


def test_willingness_to_recommend_is_one_required_question_from_nought_to_ten() -> None:
    (question,) = instrument("nps@1").questions
    assert [answer.value for answer in question.answers] == list(range(11))
    assert instrument("nps@1").faults({}) == [("rekomendasi", "required")]
    assert instrument("nps@1").faults({"rekomendasi": 0}) == []


@pytest.mark.parametrize("item", instruments().values(), ids=lambda item: item.id)
def test_every_packaged_instrument_is_complete(item: Instrument) -> None:
    """Every wording exists in both languages, answers are told apart by word, and the rules named exist."""
    texts = [item.name, *(element.name for element in item.elements), *(question.text for question in item.questions)]
    for question in item.questions:
        labels = [answer.label for answer in question.answers]
        assert len({label.id for label in labels}) == len({label.en for label in labels}) == len(labels)
        texts += labels
    assert all(text.id.strip() and text.en.strip() for text in texts)
    assert item.scale == ((0, 10) if item.kind == "nps" else (1, 4))
    assert item.band_table in ({None} if item.kind in ("nps", "perception") else band_tables())
    assert item.weights in conventions(len(item.elements))


def test_an_unknown_instrument_is_a_key_error_that_names_it() -> None:
    with pytest.raises(UnknownInstrument, match="no instrument is called 'skm-1999@1'"):
        instrument("skm-1999@1")
    assert issubclass(UnknownInstrument, KeyError)


def test_asking_for_a_question_the_instrument_lacks_is_a_key_error(skm: Instrument) -> None:
    with pytest.raises(KeyError):
        skm.question("kepuasan")


def test_a_full_response_has_no_faults(skm: Instrument) -> None:
    assert skm.faults(dict.fromkeys(SKM_KEYS, 1)) == []
    assert skm.faults(dict.fromkeys(SKM_KEYS, 4)) == []


def test_a_subset_and_nulls_are_accepted_while_something_is_answered(skm: Instrument) -> None:
    assert skm.faults({"waktu": 3}) == []
    assert skm.faults({**dict.fromkeys(SKM_KEYS, None), "waktu": 3}) == []


@pytest.mark.parametrize("answers", [{}, dict.fromkeys(SKM_KEYS, None)])
def test_a_response_that_answers_nothing_is_refused_as_a_whole(skm: Instrument, answers: dict[str, int | None]) -> None:
    assert skm.faults(answers) == [("", "required")]


@pytest.mark.parametrize("answers", [{}, {"kepuasan": None}])
def test_a_required_question_must_be_answered(answers: dict[str, int | None]) -> None:
    assert instrument("smiley@1").faults(answers) == [("kepuasan", "required")]


@pytest.mark.parametrize("value", [0, 5, -1, 10**30])
def test_an_answer_outside_the_scale_is_refused(skm: Instrument, value: int) -> None:
    assert skm.faults({"waktu": value, "biaya": 4}) == [("waktu", "out_of_scale")]


@pytest.mark.parametrize("value", [True, 3.0, "3", [3]])
def test_what_only_equals_an_answer_is_no_answer(skm: Instrument, value: object) -> None:
    """JSON's true and 3.0 compare equal to 1 and 3, and a list cannot even be looked up."""
    assert skm.faults({"waktu": cast(int, value)}) == [("waktu", "out_of_scale")]


def test_every_fault_is_reported_at_once(skm: Instrument) -> None:
    assert skm.faults({"warna": 3, "U1": 2, "waktu": 9}) == [
        ("warna", "unknown_question"),
        ("U1", "unknown_question"),
        ("waktu", "out_of_scale"),
    ]


def test_only_unknown_questions_count_as_nothing_answered(skm: Instrument) -> None:
    assert skm.faults({"warna": 3}) == [("warna", "unknown_question"), ("", "required")]


def test_questions_of_an_element_come_in_the_order_asked() -> None:
    made = questionnaire({"waktu": ["antre", "proses"], "biaya": ["tarif"]})
    assert [question.key for question in made.questions_of("waktu")] == ["antre", "proses"]


def test_instruments_that_make_no_sense_cannot_be_built() -> None:
    sound = questionnaire({"waktu": ["antre"], "biaya": ["tarif"]})
    with pytest.raises(ValueError, match="used twice"):
        questionnaire({"waktu": ["sama"], "biaya": ["sama"]})
    with pytest.raises(ValueError, match="every element a question"):
        questionnaire({"waktu": ["antre"], "biaya": []})
    with pytest.raises(ValueError, match="every question needs an element"):
        replace(sound, elements=(Element("waktu", "U3", words("waktu")),))
    six_point = replace(sound.questions[0], answers=tuple(Answer(value, words(str(value))) for value in range(1, 7)))
    with pytest.raises(ValueError, match="same answers"):
        replace(sound, questions=(six_point, sound.questions[1]))


@pytest.mark.parametrize(
    ("scale", "kind", "sentence"),
    [
        ([3], "ikm", "at least two answers"),
        ([1, 1, 2], "ikm", "a number of its own"),
        ([-1, 0, 1], "ikm", "from 0 up"),
        ([1, 2], "satisfaction", "at least three"),
        ([1, 2, 3, 4], "nps", "from 0 to 10"),
        ([1, 2, 3, 4], "ces", "must be one of ikm, perception, satisfaction, nps"),
    ],
)
def test_a_scale_must_fit_what_is_published(scale: list[int], kind: Kind, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        questionnaire({"waktu": ["waktu"]}, scale=scale, kind=kind)


def test_a_net_promoter_score_has_one_question() -> None:
    with pytest.raises(ValueError, match="exactly one question"):
        questionnaire({"waktu": ["waktu"], "biaya": ["biaya"]}, scale=range(11), kind="nps")


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ({"waktu": Fraction(1)}, "look at biaya"),
        ({"waktu": Fraction(1, 2), "biaya": Fraction(1, 4), "warna": Fraction(1, 4)}, "look at warna"),
        ({"waktu": Fraction(1, 2), "biaya": Fraction("0.49")}, "these sum to 99/100"),
        ({"waktu": Fraction(3, 2), "biaya": Fraction(-1, 2)}, "greater than 0"),
        ("0.11", "no weight convention for 2 elements"),
    ],
)
def test_weights_that_do_not_fit_the_elements_are_refused(weights: Weighting, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        questionnaire({"waktu": ["waktu"], "biaya": ["biaya"]}, weights=weights)
