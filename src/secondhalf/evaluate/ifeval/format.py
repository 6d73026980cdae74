"""Lists, highlights, sections, titles, JSON and fixed answers.

Patterns that begin at a line's start look for blanks on that line alone: looking further would find the same lines, in
time that grows with the square of the blank lines.
"""

import json
import re
from itertools import pairwise

from secondhalf.evaluate.ifeval.japanese import tag_words, without_quotations

_STAR = re.compile(r"^[^\S\n]*\*[^*].*$", re.MULTILINE)
_DASH = re.compile(r"^[^\S\n]*-.*$", re.MULTILINE)
_DOT = re.compile(r"^[^\S\n]*・[^・].*$", re.MULTILINE)
_NUMBER = re.compile(r"^[^\S\n]*\d+\.\s.*$", re.MULTILINE)
_FENCES = ("```json", "```Json", "```JSON", "```")
_OPTIONS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_JAPANESE_OPTIONS = ("はい、そうです。", "いいえ、違います。", "どちらとも言えません。")


def number_bullet_lists(response: str, *, num_bullets: int) -> bool:
    """Exactly so many lines that begin with one star or a dash; a dash needs no blank after it."""
    return len(_STAR.findall(response)) + len(_DASH.findall(response)) == num_bullets


def japanese_number_bullet_lists(response: str, *, num_bullets: int) -> bool:
    """Exactly so many lines that begin with one ・."""
    return len(_DOT.findall(response)) == num_bullets


def number_numbered_lists(response: str, *, num_items: int) -> bool:
    """Exactly so many lines that begin with digits, a dot and a blank."""
    return len(_NUMBER.findall(response)) == num_items


def constrained_response(response: str) -> bool:
    """One of the three answers stands somewhere."""
    return any(option in response for option in _OPTIONS)


def japanese_constrained_response(response: str) -> bool:
    """One of the three answers stands somewhere."""
    return any(option in response for option in _JAPANESE_OPTIONS)


def number_highlighted_sections(response: str, *, num_highlights: int) -> bool:
    """At least so many *highlights* with text in them. **One** counts as such a pair of stars on its own."""
    single = [text.strip("*") for text in re.findall(r"\*[^\n*]*\*", response)]
    double = re.findall(r"\*\*([^\n*]*)\*\*", response)
    return sum(bool(text.strip()) for text in single + double) >= num_highlights


def japanese_number_highlighted_sections(response: str, *, num_highlights: int) -> bool:
    """At least so many 《highlights》 with text in them."""
    return sum(bool(text.strip()) for text in re.findall(r"《([^\n《》]*)》", response)) >= num_highlights


def multiple_sections(response: str, *, section_spliter: str, num_sections: int) -> bool:
    """At least so many headings: the word and a number, such as SECTION 1."""
    heading = re.escape(section_spliter.strip()) + r"\s?\d+"
    return len(re.findall(heading, response)) >= num_sections


def japanese_multiple_sections(response: str, *, section_spliter: str, num_sections: int) -> bool:
    """At least so many headings such as 第1章."""
    return len(re.findall(rf"第\d+{re.escape(section_spliter.strip())}", response)) >= num_sections


def json_format(response: str) -> bool:
    """The whole answer is one JSON value, bare or in a fence of backticks."""
    bare = response.strip()
    for fence in _FENCES:
        bare = bare.removeprefix(fence)
    try:
        json.loads(bare.removesuffix("```").strip())
    except (ValueError, RecursionError):
        return False
    return True


def title(response: str) -> bool:
    """A title in <<double angle brackets>> on one line."""
    return any(_bracketed(line, "<<", ">>") for line in response.split("\n"))


def japanese_title(response: str) -> bool:
    """A title in 『double corner brackets』 on one line."""
    return any(_bracketed(line, "『", "』") for line in response.split("\n"))


def nominal_ending(response: str, *, count: int) -> bool:
    """At least so many sentences whose stop (。！？) follows a noun (体言止め), quotations aside."""
    words = tag_words(without_quotations(response))
    return sum(stop.surface in "。！？" and word.kind.startswith("名詞") for word, stop in pairwise(words)) >= count


def _bracketed(line: str, opening: str, closing: str) -> bool:
    """From the first opening bracket to the last closing one there is more than brackets and blanks."""
    start, end = line.find(opening), line.rfind(closing)
    return 0 <= start < end and bool(line[start:end].lstrip(opening[0]).rstrip(closing[0]).strip())
