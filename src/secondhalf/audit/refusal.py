"""Does the teacher decline to write on? In its own voice, that is: a person in the text who declines is no refusal.

Quotations are passed over. English must speak in the present and name the text, or the task, that is declined; Japanese must be
in the polite form that an assistant speaks. tests/audit/test_labelled.py has what it finds of our labelled replies.
"""

import re

from secondhalf.rows import Pair, Verdict
from secondhalf.text.quotations import without_quotations
from secondhalf.text.units import comparable_units

_CANNOT = r"I ?(?:cannot|can't|can not|won't|will not|(?:am|'m) not able to|(?:am|'m) unable to)"
_DO = r"(?:be able to )?(?:continue|complete|finish|write|produce|provide|assist|help|fulfill?|comply|create|extend|do so)"
_TEXT = "(?:text|passage|story|article|narrative|scene|request|excerpt|continuation|prompt|conversation)"
_SORRY = "(?:sorry|apologi[sz]e|apologies|afraid|unfortunately|regret)"
_ENGLISH = re.compile(
    "|".join(
        (
            rf"\b{_CANNOT} {_DO} [^.\n]{{0,40}}?\b(?:this|that|the|your|such) (?:\w{{1,15}} ){{0,4}}?{_TEXT}\b",
            rf"\b{_CANNOT} remember [^.\n]{{0,40}}?\byour {_TEXT}\b",
            rf"\bI (?:must decline|have to decline|decline|refuse|would prefer not) to {_DO}\b",
            r"\bI (?:don't|do not) feel comfortable (?:continuing|writing|with)\b",
            rf"\b{_SORRY}\b[^.\n]{{0,80}}\b{_CANNOT} {_DO}\b(?! (?:feeling|thinking|but))",
            rf"\b{_SORRY}\b[^.\n]{{0,120}}\bwhich {_CANNOT} do\b",
            rf"^[^\S\n]*+{_CANNOT} (?:help|assist|comply)\b(?! (?:feeling|thinking|but))",
            rf"\bas an (?:AI|artificial intelligence)\b[^.\n]{{0,60}}\b(?:{_CANNOT}|I don't|I do not)\b",
            rf"\b(?:appropriate|ethical|possible) for me to {_DO}\b",
            r"\b(?:against|violates?) (?:my|our|the content|the usage) (?:\w{1,15} )?(?:guidelines|polic(?:y|ies)|programming)\b",
            r"\bI (?:don't|do not) have (?:enough|sufficient) (?:context|information) to\b",
            rf"\bplease (?:provide|send|share|paste) (?:the|your|more of the) (?:\w{{1,15}} ){{0,2}}?{_TEXT}\b",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
# Every English pattern holds a word of each of two of these, every Japanese one an ending: most replies are done with that.
_NEEDED = (
    (
        frozenset({"i", "im"}),
        frozenset(str.split("cannot cant wont unable able decline refuse prefer comfortable not enough sufficient ai")),
    ),
    (frozenset({"me"}), frozenset(str.split("appropriate ethical possible"))),
    (frozenset(str.split("against violate violates")), frozenset(str.split("guidelines policy policies programming"))),
    (frozenset({"please"}), frozenset(str.split("provide send share paste"))),
)
_NEEDED_JA = ("ません", "かね", "控え", "お断り")
_JA_TEXT = "(?:続き|文章|テキスト|場面|リクエスト|ご要望|ご依頼|内容を書く)"
_JA_CANNOT = (
    "(?:できません|できかね|いたしかね|しかねます|書けません|応じられません|お応えできません|"
    "控えさせて|差し控え|お断りし)"
)
_JAPANESE = re.compile(
    "|".join(
        (
            rf"{_JA_TEXT}[^。\n]{{0,40}}?{_JA_CANNOT}",
            rf"(?:申し訳|すみません|すいません|ごめんなさい|恐れ入り)[^。\n]{{0,40}}?お手伝い{_JA_CANNOT}",
            rf"AI(?:言語モデル|アシスタント)?(?:である|として|なので)[^。\n]{{0,60}}?{_JA_CANNOT}",
        )
    )
)


def check_refusal(pair: Pair) -> Verdict:
    """Score: 1 where the reply declines, else 0. The span is in the response, from its first word that says so."""
    text = without_quotations(pair.response.replace("\u2019", "'"))
    units = comparable_units(pair.response)
    possible = any(not (one.isdisjoint(units) or other.isdisjoint(units)) for one, other in _NEEDED)
    match = _ENGLISH.search(text) if possible else None
    if not match and any(ending in text for ending in _NEEDED_JA):
        match = _JAPANESE.search(text)
    if not match:
        return Verdict(pair.id, "refusal", True, 0.0)
    return Verdict(pair.id, "refusal", False, 1.0, "the teacher declined to write", *match.span())
