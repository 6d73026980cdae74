"""Lists, indents, quotes, brackets, titles and templates."""

import re
import string
from itertools import pairwise

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.evaluate.ifeval.english import tokenize
from secondhalf.evaluate.ifeval.ifbench.text import remove_signs, split_sentences, strip_signs

_PAIRS = {")": "(", "]": "[", "}": "{"}


def list_by(response: str, *, sep: str) -> bool:
    """The separator occurs twice or more."""
    return response.count(sep) >= 2


def emoji(response: str) -> bool:
    """Every sentence ends with an emoji (its last or last but one sign), or the next one begins with it."""
    texts = [remove_signs(sentence).strip() for sentence in split_sentences(response)]
    for index, sentence in enumerate(texts):
        following = texts[index + 1 : index + 2]
        if not sentence or not (
            any(map(_is_emoji, sentence[-2:])) or any(text and _is_emoji(text[0]) for text in following)
        ):
            return False
    return True


def line_indent(response: str) -> bool:
    """Each line is indented further than the one before it. Of blank lines in a row the scorer leaves some standing."""
    lines = response.split("\n")
    least = len(lines) // 2
    if least * (least - 1) // 2 > len(response):  # too few characters for so many steps
        return False
    index = 0
    while index < len(lines):
        if not lines[index].strip():
            lines.remove(lines[index])
        index += 1
    indents = [len(line) - len(line.lstrip(" ")) for line in lines]
    return all(before < after for before, after in pairwise(indents))


def newline(response: str) -> bool:
    """Every word on a line of its own."""
    text = remove_signs(response).strip()
    return sum(bool(line) for line in text.split("\n")) == len(text.split())


def no_bullets_bullets(response: str) -> bool:
    """Two sentences or more, then two bullets (*) or more, and nothing after them; no blank line between the sentences."""
    sentence_count, bullets, open_ = 0, 0, True
    for line in response.split("\n"):
        if line.strip().startswith("*"):
            bullets, open_ = bullets + 1, False
            if sentence_count < 2:
                return False
        elif open_:
            in_line = len(split_sentences(line.strip()))
            sentence_count, open_ = sentence_count + in_line, in_line > 0
        else:
            return False
    return bullets >= 2


def options(response: str, *, options: str) -> bool:
    """The answer is one of the options: to the letter where they are a), b), c), else without signs and case."""
    separator = next((sign for sign in ("/", "or") if sign in options), ",")
    choices = [option.strip() for option in options.split(separator)]
    if re.match(r"\W*[aA]\W*[bB]\W*[cC]", options):
        return response in choices
    return strip_signs(response).lower() in [strip_signs(option).lower() for option in choices]


def parentheses(response: str) -> bool:
    """Brackets of any kind nested five deep, the innermost of which closes."""
    open_: list[str] = []
    deepest = 0
    for sign in response:
        if sign in "([{":
            open_.append(sign)
            deepest = max(deepest, len(open_))
        elif sign in _PAIRS:
            if open_ and open_[-1] == _PAIRS[sign]:
                open_.pop()
                if deepest >= 5:
                    return True
            else:
                open_, deepest = [], 0
    return False


def quotes(response: str) -> bool:
    """Double and single quotes nested three deep, all of which close."""
    open_: list[str] = []
    deepest = 0
    for sign in response:
        if open_ and sign == open_[-1]:
            open_.pop()
            if deepest - len(open_) >= 3:
                return True
        elif sign in "\"'":
            open_.append(sign)
            deepest = max(deepest, len(open_))
    return False


def quote_unquote(response: str) -> bool:
    """Something follows every quotation: no quote right after another, and none at the end."""
    text = "".join(response.replace("“", '"').replace("”", '"').replace("'\"'", "").split())
    rest = text.strip(string.digits + string.punctuation.replace('"', ""))
    return '""' not in text and bool(rest) and rest[-1] != '"'


def sub_bullets(response: str) -> bool:
    """After every star there is a dash before the next star."""
    return all("-" in bullet for bullet in response.split("*")[1:])


def thesis(response: str) -> bool:
    """Text in italics (HTML), and text after it."""
    start = next((response.find(tag) for tag in ("<i>", "<em>") if tag in response), -1)
    rest = response[start:] if start >= 0 else ""
    end = next((rest.find(tag) for tag in ("</i>", "</em>") if tag in rest), -1)
    return end >= 0 and bool(rest[3:end].strip()) and bool(rest[end + 4 :].strip())


def title_case(response: str) -> bool:
    """No word of two letters or more begins with a small letter, unless its other letters are mixed."""
    return not any(word[0].islower() and (word[1:].islower() or word[1:].isupper()) for word in tokenize(response))


def output_template(response: str) -> bool:
    """The three headings of the template."""
    return all(heading in response for heading in ("My Answer:", "My Conclusion:", "Future Outlook:"))


def no_whitespace(response: str) -> bool:
    """No blank of any kind."""
    return not re.search(r"\s", response)


def _is_emoji(sign: str) -> bool:
    try:
        from emoji import is_emoji
    except ImportError as error:
        raise UserError(f"IFBench needs {install.extra('ifeval')} (emoji is missing).") from error
    return bool(is_emoji(sign))
