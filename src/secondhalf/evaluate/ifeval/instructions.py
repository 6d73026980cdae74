"""Every instruction by its id: a function of the answer and the instruction's own arguments."""

import inspect
from collections.abc import Callable
from typing import Any

from secondhalf.errors import UserError
from secondhalf.evaluate.ifeval import (
    case,
    combination,
    content,
    format,
    keywords,
    language,
    length,
    letters,
    punctuation,
    startend,
)
from secondhalf.evaluate.ifeval.ifbench.instructions import IFBENCH

Check = Callable[..., bool]

ENGLISH: dict[str, Check] = {
    "keywords:existence": keywords.existence,
    "keywords:frequency": keywords.frequency,
    "keywords:forbidden_words": keywords.forbidden_words,
    "keywords:letter_frequency": keywords.letter_frequency,
    "language:response_language": language.response_language,
    "length_constraints:number_sentences": length.number_sentences,
    "length_constraints:number_paragraphs": length.number_paragraphs,
    "length_constraints:number_words": length.number_words,
    "length_constraints:nth_paragraph_first_word": length.nth_paragraph_first_word,
    "detectable_content:number_placeholders": content.number_placeholders,
    "detectable_content:postscript": content.postscript,
    "detectable_format:number_bullet_lists": format.number_bullet_lists,
    "detectable_format:constrained_response": format.constrained_response,
    "detectable_format:number_highlighted_sections": format.number_highlighted_sections,
    "detectable_format:multiple_sections": format.multiple_sections,
    "detectable_format:json_format": format.json_format,
    "detectable_format:title": format.title,
    "combination:two_responses": combination.two_responses,
    "combination:repeat_prompt": combination.repeat_prompt,
    "startend:end_checker": startend.end_checker,
    "startend:quotation": startend.quotation,
    "change_case:capital_word_frequency": case.capital_word_frequency,
    "change_case:english_capital": case.english_capital,
    "change_case:english_lowercase": case.english_lowercase,
    "punctuation:no_comma": punctuation.no_comma,
}
"""The 25 instructions of IFEval (table 1)."""

JAPANESE: dict[str, Check] = {
    "ja:keywords:existence": keywords.japanese_existence,
    "ja:keywords:frequency": keywords.japanese_frequency,
    "ja:keywords:forbidden_words": keywords.japanese_forbidden_words,
    "ja:keywords:letter_frequency": keywords.japanese_letter_frequency,
    "ja:language:response_language": language.response_language,
    "ja:length_constraints:number_sentences": length.japanese_number_sentences,
    "ja:length_constraints:number_paragraphs": length.number_paragraphs,
    "ja:length_constraints:number_letters": length.number_letters,
    "ja:length_constraints:nth_paragraph_first_word": length.japanese_nth_paragraph_first_word,
    "ja:detectable_content:number_placeholders": content.number_placeholders,
    "ja:detectable_content:postscript": content.postscript,
    "ja:detectable_format:number_bullet_lists": format.japanese_number_bullet_lists,
    "ja:detectable_format:number_numbered_lists": format.number_numbered_lists,
    "ja:detectable_format:constrained_response": format.japanese_constrained_response,
    "ja:detectable_format:number_highlighted_sections": format.japanese_number_highlighted_sections,
    "ja:detectable_format:multiple_sections": format.japanese_multiple_sections,
    "ja:detectable_format:json_format": format.json_format,
    "ja:detectable_format:title": format.japanese_title,
    "ja:detectable_format:nominal_ending": format.nominal_ending,
    "ja:combination:two_responses": combination.two_responses,
    "ja:combination:repeat_prompt": combination.japanese_repeat_prompt,
    "ja:startend:end_checker": startend.japanese_end_checker,
    "ja:startend:quotation": startend.japanese_quotation,
    "ja:startend:sentence_unified_end": startend.sentence_unified_end,
    "ja:letters:furigana": letters.furigana,
    "ja:letters:kansuuji": letters.kansuuji,
    "ja:letters:no_katakana": letters.no_katakana,
    "ja:letters:katakana_only": letters.katakana_only,
    "ja:letters:no_hiragana": letters.no_hiragana,
    "ja:letters:hiragana_only": letters.hiragana_only,
    "ja:letters:kanji": letters.kanji,
    "ja:punctuation:no_comma": punctuation.japanese_no_comma,
    "ja:punctuation:no_period": punctuation.japanese_no_period,
}
"""The instructions of M-IFEval Japanese (table 2), those of its own among them."""


def find_check(id: str, arguments: dict[str, Any]) -> Check:
    """The function of an instruction, IFBench's among them, once its arguments are found to fit.

    English ids may begin with en: (M-IFEval's way).
    Raises UserError for an unknown id, and for arguments that are missing or not its own.
    """
    function = (ENGLISH | JAPANESE | IFBENCH).get(id.removeprefix("en:"))
    if function is None:
        raise UserError(f"the instruction {id!r} is unknown; evaluate/ifeval/instructions.py lists all")
    try:
        inspect.signature(function).bind("", **arguments)
    except TypeError as error:
        raise UserError(f"{id}: {error}") from error
    wanted = {name: parameter.annotation for name, parameter in inspect.signature(function).parameters.items()}
    for name, value in arguments.items():
        if not _is(value, wanted[name]):
            raise UserError(f"{id}: {name} is {str(value)[:60]!r}; it must be {_KINDS[wanted[name]]}")
    return function


_KINDS = {int: "a whole number", str: "a text", list[str]: "a list of texts"}


def _is(value: Any, kind: Any) -> bool:
    if kind == list[str]:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, kind) and not isinstance(value, bool)
