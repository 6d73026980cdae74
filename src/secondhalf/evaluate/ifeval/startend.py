"""How the answer begins and ends."""

import re

from secondhalf.evaluate.ifeval.japanese import without_quotations


def end_checker(response: str, *, end_phrase: str) -> bool:
    """Ends with the phrase; case and double quotes around the answer make no difference."""
    return response.strip().strip('"').lower().endswith(end_phrase.strip().lower())


def japanese_end_checker(response: str, *, end_phrase: str) -> bool:
    """Ends with the phrase; closing brackets make no difference."""
    return response.strip().strip("」』").endswith(end_phrase.strip().strip("」』"))


def quotation(response: str) -> bool:
    """The whole answer stands in double quotes."""
    return _wrapped(response.strip(), '"', '"')


def japanese_quotation(response: str) -> bool:
    """The whole answer stands in 「」."""
    return _wrapped(response.strip(), "「", "」")


def sentence_unified_end(response: str, *, ending: str) -> bool:
    """Every sentence ends the same way, quotations aside. Line ends belong to a sentence, so text after 。 and a break counts."""
    sentences = re.split("[。！？]", without_quotations(response))
    return all(sentence.endswith(ending) for sentence in sentences if sentence)


def _wrapped(text: str, opening: str, closing: str) -> bool:
    return len(text) > 1 and text[0] == opening and text[-1] == closing
