"""Is a tag meant, or spoken of? A lesson may name <think> or </s>, and then it is the text's own."""

import re

_QUOTES = dict(zip("`\"'“‘「『«‹（(［【", "`\"'”’」』»›）)］】", strict=True))
_NAMED = re.compile(
    r"[ \t]?(?:tags?|tokens?|markers?|elements?|delimiters?)\b|タグ|トークン|要素|記号|という|と書", re.IGNORECASE
)
_WORD_BEFORE = re.compile(r"[\w,;、][ \t]\Z")
_GOES_ON = re.compile(r"[ \t]+[a-z]|[ \t]*[,.;:!?)、。，．）]")
_ELEMENT_BEFORE = re.compile(
    r"<(?!/?(?:answer|response|output|solution|[a-z:_]{0,13}think|thought|reasoning|reflection|inner_|scratchpad))"
    r"/?[a-z][^<>|]{0,100}>[ \t\r\n]{0,40}\Z",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?P<fence>^[ \t]{0,3}(?:```|~~~))|`+", re.MULTILINE)
_LONGEST_STRING = 80
_LONGEST_SPAN = 500  # characters of inline code: what is longer was never closed


def is_quoted(text: str, start: int, end: int) -> bool:
    """Whether what stands at start:end is between quotation marks, backticks or brackets."""
    closing = _QUOTES.get(text[start - 1 : start]) if start else None
    return closing is not None and text[end : end + 1] == closing


def begins_string(text: str, start: int, end: int) -> bool:
    """Whether a quotation mark stands right before, and the same one behind on the same line: '<a>\\n' + text."""
    mark = text[start - 1 : start] if start else ""
    return mark in {"'", '"'} and mark in text[end : end + _LONGEST_STRING].partition("\n")[0]


def is_named(text: str, end: int) -> bool:
    """Whether what ends there is called a tag, token or the like: the <a> tag, <a>タグ."""
    return bool(_NAMED.match(text, end))


def is_mentioned(text: str, start: int, end: int) -> bool:
    """Whether it is quoted, called a tag, or a sentence runs on through it: put it between <a> and </a>, then."""
    if is_quoted(text, start, end):
        return True
    within_line = bool(_WORD_BEFORE.search(text[max(0, start - 2) : start]))
    return (within_line and bool(_GOES_ON.match(text, end))) or (
        is_named(text, end) and text[max(0, start - 1) : start] not in {"", "\n"}
    )


def is_within_element(text: str, start: int) -> bool:
    """Whether another element's tag stands right before, so that this is a part of an XML or HTML text."""
    return bool(_ELEMENT_BEFORE.search(text[max(0, start - 150) : start]))


def search_outside_code(pattern: re.Pattern[str], text: str, start: int = 0) -> re.Match[str] | None:
    """The first match at or after `start` that is in no fenced block and no inline code. Linear, also when called again."""
    match = pattern.search(text, start)
    while match:
        code = _CODE.search(text, start, match.start())
        if code is None:
            return match
        start = _end_of_code(text, code)
        if start > match.start():
            match = pattern.search(text, start)
    return None


def _end_of_code(text: str, code: re.Match[str]) -> int:
    """Where code ends; right behind its opening marks when it is never closed."""
    marks = code[0].strip()
    if code["fence"]:
        end = text.find(marks, code.end())
    else:
        end = text.find(marks, code.end(), code.end() + _LONGEST_SPAN)
        end = -1 if "\n\n" in text[code.end() : max(end, code.end())] else end
    return end + len(marks) if end >= 0 else code.end()
