"""Does an answer speak to the judge instead of the user? High precision: a list of numbers in code is none.

An answer that does gains nothing by it: it is judged as it stands and without what it says to the judge, and the worse
verdict counts (jury.py); the lowest, where either cannot be read.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping

from secondhalf.models.request import Request

REPEATED = "#again"
"""Ends the id of a request that is made a second time, without what the answer says to the judge; no prompt's own may."""

_VERDICTS = re.compile(
    r"""
    ^[^\w\n]*(?:(?:final\ )?(?:rating|verdict|score|grade)|評価|判定|採点|評点)?[^\w\n]*
    \[\[\s*(?:\d+(?:\.\d+)?|[AB][<>=]{1,2}[AB]|A|B|C)\s*\]\][.。!\s]*$
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


def addresses_judge(answer: str) -> bool:
    """True when the answer spells a verdict on a line of its own, or tells the judge how to judge."""
    return _find_attempt(unicodedata.normalize("NFKC", answer)) is not None


def without_attempts(answer: str) -> str:
    """The answer without the sentences and lines that do so; NFKC-normalised if there are any, else as it is."""
    plain = unicodedata.normalize("NFKC", answer)
    if _find_attempt(plain) is None:
        return answer
    while match := _find_attempt(plain):
        before = [end.end() for end in _ENDS.finditer(plain, 0, match.start())]
        after = _ENDS.search(plain, max(match.end() - 1, match.start()))
        plain = plain[: before[-1] if before else 0] + (plain[after.end() :] if after else "")
    return plain.strip()


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
