"""What the answers to each element say, as plain sentences made from the counts."""

from collections.abc import Iterator

from reporting.report import Report
from reporting.report_blocks import Block, Heading, Paragraph
from reporting.report_headline import shown_band
from reporting.report_ranking import extremes
from reporting.words import Words
from satisfaction.index import ElementMeasure
from satisfaction.instruments import Element, Instrument


def discussion(report: Report, words: Words) -> Iterator[Block]:
    """A heading and a paragraph for each element of the instrument, in its order."""
    for element, measured in zip(report.instrument.elements, report.measure.elements, strict=True):
        yield Heading(3, f"{element.code} {element.name.in_language(words.language)}")
        yield Paragraph(element_text(report, element, measured, words))


def element_text(report: Report, element: Element, measured: ElementMeasure, words: Words) -> str:
    """One element: its NRR, its answers from the most to the least given, what stands out."""
    if measured.n == 0 or measured.nrr is None:
        return words("discussion.unanswered")
    instrument = report.instrument
    said = [words("discussion.answers", n=words.whole(measured.n))]
    if instrument.kind != "nps":
        said[0] = words("discussion.nrr", nrr=words.number(measured.nrr, 3), n=words.whole(measured.n))
    if measured.band is not None:
        said.append(words("discussion.band", band=shown_band(words, measured.band)))
    said.append(_answers(instrument, element, measured, words))
    said += _low(instrument, measured, words)
    missing = report.n - measured.n
    if missing > 0 and len(instrument.questions_of(element.key)) == 1:
        said.append(words("discussion.missing", missing=words.whole(missing), share=words.share(missing, report.n)))
    said += _rank(report, measured, words)
    if (note := words.maybe(f"discussion.note.{element.key}")) and instrument.kind == "ikm":
        said.append(note)
    return " ".join(said)


def _answers(instrument: Instrument, element: Element, measured: ElementMeasure, words: Words) -> str:
    """The answers that were given, most frequent first; equal ones from the best down."""
    names = _names(instrument, element, words)
    given = [(count, answer) for answer, count in measured.distribution.items() if count]
    given.sort(reverse=True)
    told = [
        words("discussion.answer", answer=names[answer], count=words.whole(count), share=words.share(count, measured.n))
        for count, answer in given
    ]
    if len(told) == 1:
        return words("discussion.unanimous", answer=names[given[0][1]])
    return words("discussion.told", told=words.listed(told))


def _names(instrument: Instrument, element: Element, words: Words) -> dict[int, str]:
    """Answer → how it is called; by its number where several questions share the element but not their words."""
    asked = instrument.questions_of(element.key)
    first = asked[0].answers
    if any(question.answers != first for question in asked):
        return {answer.value: f"{answer.value}" for answer in first}
    return {
        answer.value: words("discussion.quoted", answer=answer.label.in_language(words.language)) for answer in first
    }


def _low(instrument: Instrument, measured: ElementMeasure, words: Words) -> list[str]:
    """How many answered with the lower half of a four-point scale."""
    if instrument.scale != (1, 4):
        return []
    low = measured.distribution.get(1, 0) + measured.distribution.get(2, 0)
    if low == 0:
        return [words("discussion.no_low")]
    return [words("discussion.low", count=words.whole(low), share=words.share(low, measured.n))]


def _rank(report: Report, measured: ElementMeasure, words: Words) -> list[str]:
    found = extremes(report.measure.elements)
    if found.highest and measured.nrr == found.highest[0].nrr:
        return [words("discussion.highest")]
    if found.lowest and measured.nrr == found.lowest[0].nrr:
        return [words("discussion.lowest")]
    return []
