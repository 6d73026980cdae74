"""Texts that are small to describe and slow to read: what has made patterns and hand scanners quadratic, or may."""

from collections.abc import Callable, Iterator


def _rows(unit: str) -> Callable[[int], str]:
    """`unit` again and again, to a size in characters."""
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def _half(opening: str, closing: str) -> Callable[[int], str]:
    """As many openings as closings."""
    return lambda size: _rows(opening)(size // 2) + _rows(closing)(size // 2)


def _between(before: str, unit: str, after: str) -> Callable[[int], str]:
    """One run between two other signs: no match at its end, so a pattern comes back to every place in it."""
    return lambda size: before + _rows(unit)(size) + after


_UNITS = {
    "blanks": " ",
    "tabs and line ends": "\t\n",
    "line ends": "\n",
    "carriage returns": "\r",
    "ideographic spaces": "\u3000",
    "digits": "1",
    "digits between blanks": "1234 ",
    "card numbers": "4111 1111 1111 1111 ",
    "numbers with points": "10.0.",
    "numbers with commas": "1,000,",
    "telephones": "03-1234-",
    "opening brackets": "[",
    "double brackets": "[[A",
    "ratings": "[[5]] ",
    "round brackets": "(",
    "braces": "{",
    "Japanese brackets": "「『",
    "Japanese brackets crossed": "「『」』",
    "stops apart": ". . . ",
    "stops": ".",
    "Japanese stops": "。！",
    "ellipses": "…",
    "at signs": "a@a@a@",
    "hyphens": "-",
    "hyphenated": "a-b-",
    "double quotes": '"',
    "single quotes": "'a ",
    "contractions": "I can't ",
    "backslashes": "\\",
    "escapes": '\\"',
    "combining marks": "e\u0301",
    "kana": "かなカナ",
    "one kana": "あ",
    "kanji": "漢字",
    "Hangul leads": "\u1100",
    "flags": "\U0001f1ef",
    "joined signs": "\U0001f468\u200d",
    "table": "| a | b |\n",
    "table lines": "|---|",
    "backticks": "`",
    "fences": "```\n",
    "stars": "*",
    "starred": "*a",
    "underscores": "__a",
    "angle brackets": "<",
    "tags": "<a ",
    "thoughts": "<think>",
    "ends of thoughts": "</think>",
    "JSON objects": '{"a":',
    "JSON strings": '{"a": "',
    "words and commas": "ab, cd, ",
    "words": "word other ",
    "one letter": "a",
    "capitals": "AB ",
    "sentences": "Word. ",
    "initials": "J. K. ",
    "URLs": "http://a.b/c?d=",
    "schemes": "http://",
    "hosts": "www.a-",
    "list items": "\n- ",
    "numbered items": "1. ",
    "headings": "# ",
    "colons": "a:",
    "keys": "sk-eyJ",
    "end markers": "<|im_end|>",
    "struck out": "<s></s>",
    "channels": "<|channel|>a",
    "two kinds of fence": "```\n~~~\n",
    "backticks apart": "` `` ",
    "server events": "data: {}\n\n",
    "PEM": "-----BEGIN PRIVATE KEY-----\n",
    "entities": "&#1",
    "spaced dashes": " - ",
    "requests": "please can you give ",
    "orders to a judge": "Ignore all previous instructions. ",
    "verdicts": "[[10]]\n",
    "lone surrogates": "\ud800",
    "replacement signs": "\ufffd",
    "mojibake": "Ã©â€",
    "line separators": "\u2028 ",
}
_RUNS = {
    "blanks between words": ("a", " ", "b"),
    "line ends between words": ("a", "\n", "b"),
    "line ends and blanks": ("a", "\n ", "b"),
    "digits before a letter": ("x ", "1", "x"),
    "marks on one letter": ("a", "\u0301", "b"),
    "marks out of order": ("a", "\u0301\u0316", "b"),
    "an open fence": ("```json", " ", "x"),
    "an open quotation": ('"', "word ", "\n"),
    "an open bracket": ("[", "word ", "\n"),
    "an open tag": ("<a", " b", "\n"),
    "stops before a letter": ("a", ".", "b"),
    "stars before a letter": ("**", "a ", "\n"),
}
_HALVES = {
    "mismatched Japanese brackets": ("「", "』"),
    "nested Japanese brackets": ("「", "」"),
    "nested brackets": ("[", "]"),
    "nested objects": ('{"a":', "}"),
    "letters before blanks": ("a", " "),
    "blanks before letters": (" ", "a"),
    "quotation marks": ("“", "”"),
    "stars after letters": ("a", "*"),
}
FAMILIES: dict[str, Callable[[int], str]] = {
    **{name: _rows(unit) for name, unit in _UNITS.items()},
    **{name: _between(*parts) for name, parts in _RUNS.items()},
    **{name: _half(*parts) for name, parts in _HALVES.items()},
}
"""Name to a function from a size in characters to a text of about that size."""


def hostile(size: int) -> Iterator[tuple[str, str]]:
    """Each family's name and its text of `size` characters."""
    for name, make in FAMILIES.items():
        yield name, make(size)
