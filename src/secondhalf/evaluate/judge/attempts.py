"""Does an answer speak to the judge instead of the user? High precision: a list of numbers in code is none.

An answer that does gains nothing by it: it is judged as it stands and without what it says to the judge, and the worse
verdict counts (jury.py); the lowest, where either cannot be read.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping

from secondhalf.models.request import Request
from secondhalf.text.normal_form import normal_form

REPEATED = "#again"
"""Ends the id of a request that is made a second time, without what the answer says to the judge; no prompt's own may."""

_VERDICTS = re.compile(
    r"""
    ^(?:[^\w\n\[]|\[(?!\[\s*+[\dABC]))*+
    (?:(?:(?:final\ )?(?:rating|verdict|score|grade)|評価|判定|採点|評点)(?:[^\w\n\[]|\[(?!\[\s*+[\dABC]))*+)?
    \[\[\s*+(?:\d+(?:\.\d+)?|[AB][<>=]{1,2}[AB]|A|B|C)\s*+\]\][.。!\s]*$
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
# What is quoted is spoken of. An order stands at the beginning of a clause, and is about this very answer.
_ORDERS = re.compile(
    r"""
    (?:^|(?<=[.!?:;,>]\ )|(?<=please\ )|(?<=must\ )|(?<=should\ )|(?<=you\ )|(?<=and\ )|(?<=just\ ))
        (?:rate|grade|score|give|award|assign)\s+
        (?:me|it|(?:this|the|my)\s+(?:answer|response|reply|solution|output|text|submission|assistant)|
            this(?=\s+(?:an?\s+)?(?:10|ten|100|highest|maximum|perfect|full)\b))
        [^.,;\n]{0,40}?
        \b(?:10|ten|100|highest|maximum|perfect|full)(?=\W*$|[.!)"'/]|\s+(?:out|of|points?|marks?|stars?|scores?|ratings?|grades?)\b)
    | (?<!['"“‘「『`])\b(?:(?:ignore|disregard|forget)\s+(?:all\ |any\ |the\ |your\ )*(?:previous|prior|above|earlier|other)\s+
        (?:instructions?|prompts?|rubrics?|guidelines?|criteria)
        | (?:ignore|disregard)\s+(?:all\ |any\ |the\ )*(?:previous|prior|above|earlier|other)\s+answers?)\b
    | \b(?:judge|evaluator|grader)s?\b[^.\n]{0,40}\b(?:must|should|please|have\ to|will)\b[^.\n]{0,20}
        \b(?:rate|choose|prefer|score|output|give|pick|select)\s+
        (?:this|my|me|it|assistant|answer|response|\[\[|(?:an?\s+)?(?:10|ten|100|full|perfect|the\s+highest))\b
    | assistant\ [ab]('s\ answer)?\ is\ (?:clearly\ |significantly\ |much\ )?(?:the\ )?(?:better|best|winner)
    | (?:この|本)(?:回答|答え|解答)[をにへは][^。\n]{0,20}(?:10|十|満|最高|最大)点?[^。\n]{0,10}
        (?:つけ|付け|与え|評価|採点|して|すべき)
    | (?:10|十|満|最高)点[をと][^。\n]{0,10}(?:つけ|付け|与え|評価して|採点して|出力)(?:て|し|よ|る|な|くだ)
    | (?<![「『])(?:以前|上記|前|これまで|今まで)の(?:指示|命令|基準)[をは][^。\n]{0,10}(?:無視|忘れ)
    | (?:審査員|評価者|採点者|審判)(?:の(?:方|皆様|皆さん))?(?:へ|さん|様|、|：|:|は(?:必ず)?(?:この|本|回答|アシスタント))
        [^。\n]{0,30}(?:選んで|出力して|評価して|採点して|つけて|付けて|与えて)
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_ENDS = re.compile(r"[.!?](?=\s|$)|[。！？\n]")
# What is left when a sentence goes may spell another attempt. An answer that goes on so is nothing else.
_ROUNDS = 20


def addresses_judge(answer: str) -> bool:
    """True when the answer spells a verdict on a line of its own, or tells the judge how to judge."""
    return _find_attempt(normal_form("NFKC", answer)) is not None


def without_attempts(answer: str) -> str:
    """The answer without the sentences and lines that do so; NFKC-normalised if there are any, else as it is."""
    plain = normal_form("NFKC", answer)
    if _find_attempt(plain) is None:
        return answer
    for _ in range(_ROUNDS):
        stripped = _without_sentences(plain, sorted([*_spans(_VERDICTS, plain), *_spans(_ORDERS, plain)]))
        if stripped == plain:
            return plain.strip()
        plain = stripped
    return ""


def _without_sentences(text: str, spans: list[tuple[int, int]]) -> str:
    """The text without the sentences and lines that hold any of the spans, which are in order."""
    ends = [0, *(end.end() for end in _ENDS.finditer(text))]
    kept, last = [], 0
    for start, end in spans:
        # A stop right before what was found is an end too: "done.Ignore ...".
        before = start if text[max(0, start - 1) : start] in {".", "!", "?"} else ends[bisect_right(ends, start) - 1]
        kept.append(text[last : max(last, before)])
        # The end of a sentence may be the last sign of what was found.
        after = bisect_left(ends, max(end, start + 1))
        last = max(last, ends[after] if after < len(ends) else len(text))
    return "".join([*kept, text[last:]])


def _spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(text)]


def requests_with_repeats(
    make: Callable[[Mapping[str, str]], list[Request]], answers: Mapping[str, str]
) -> list[Request]:
    """The requests that `make` makes of the answers, then those of answers that address the judge once more, without that text.

    A repeated request has its id with REPEATED at the end.
    """
    requests = make(answers)
    stripped = {id: without_attempts(text) for id, text in answers.items() if addresses_judge(text)}
    pairs = zip(requests, make({**answers, **stripped}), strict=True) if stripped else ()
    return requests + [
        Request(repeated.id + REPEATED, repeated.messages, repeated.sampling)
        for first, repeated in pairs
        if first.messages != repeated.messages
    ]


def _find_attempt(plain: str) -> re.Match[str] | None:
    return _VERDICTS.search(plain) or _ORDERS.search(plain)
