"""Does the teacher speak about the text instead of carrying it on? Its announcements, descriptions and offers.

A comment announces the continuation, speaks of what the text says, or offers more. Prose may well speak of a text, a passage or
a story: so most patterns hold for the beginning of a paragraph alone, and none for what stands in quotation marks.
"""

import re

from secondhalf.rows import Pair, Verdict
from secondhalf.text.quotations import without_quotations
from secondhalf.text.units import comparable_units

_TEXT = "(?:text|passage|excerpt|snippet|story|article|paragraph|narrative)"
_SAYS = (
    r"(?:describes|discusses|is about|appears to be|seems to|explores|highlights|can be edited|could be edited|"
    r"was cut off|is cut off|is a description|is from|is an? excerpt|suggests that|provides)"
)
# At the beginning of a paragraph.
_OPENING = re.compile(
    "|".join(
        (
            rf"(?:the|this) (?:full |given |provided )?(?:text|passage|excerpt|snippet) (?:{_SAYS}|suggests)\b",
            r"(?:this |the )?(?:excerpt|passage) discusses\b",
            r"in (?:this|the) (?:text|passage|excerpt), the (?:author|writer|narrator|speaker)\b",
            r"(?:the|this) (?:text|story|passage) (?:continues|goes on) (?:with|by|as)\b",
            rf"(?:the )?(?:next (?:two )?sentences?|second half|rest|continuation) of (?:the|this|your) {_TEXT} "
            r"(?:might|may|could|would|can|reads?|is|are)\b",
            r"[\W_]{0,3}continuation[\W_]{0,3}:",
            rf"to (?:continue|conclude|complete|finish) (?:the|this|your) {_TEXT},",
            rf"(?:with|in) these (?:two )?sentences, the {_TEXT}\b",
        )
    ),
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"(?:\A|\n)[^\S\n]*+(?=\S)")
_ANYWHERE = re.compile(
    "|".join(
        (
            r"\bhere(?:'s| is| are) (?:(?:a|the|my|one|your|possible) )*(?:continuation|rest of the|second half|completion|"
            r"next (?:two )?sentences?\b(?! of))",
            r"\bbelow is (?:a|the) (?:\w{1,15} )?(?:continuation|completion)\b",
            rf"\b(?:I'll|I will|let me) (?:continue|carry on|go on)(?: (?:with )?(?:the|this|your) {_TEXT})?"
            r"(?: in [^.:\n]{0,40})?[.:]?[^\S\n]*+\n",
            rf"\b(?:given|provided|above|original) {_TEXT} (?:{_SAYS}|is|was)\b",
            rf"\b{_TEXT} (?:you (?:provided|gave|shared|sent)|provided|given) (?:{_SAYS}|is|was)\b",
            rf"\bcontinuing (?:on )?from where the {_TEXT} (?:left off|ended|stopped|was cut)\b",
            r"\bthe next (?:two |few )?sentences? (?:would|could|might|may|should) be\b",
            r"\bthese are the next (?:two )?sentences\b",
            r"[(\[]note: [^)\n]{0,40}\b(?:continuation|original text|the text|tone|style)\b",
            r"\b(?:I hope|would you like) (?:this|that|the) continuation\b",
            r"\bwould you like me to (?:continue|go on|write|carry)\b|\blet me know if you\b",
            r"\bthe author then goes on to (?:explain|describe|discuss)\b",
            rf"\b(?:it seems|it appears|it looks like)(?: that)? the (?:{_TEXT}|sentence) (?:was|is|has been|got) "
            r"(?:cut|incomplete|truncated)",
        )
    ),
    re.IGNORECASE,
)
# Every pattern of those holds a word of each of two of these: most replies are done with that.
_NEEDED = (
    (
        frozenset(
            str.split("text passage excerpt snippet story article paragraph narrative sentence sentences continuation")
        ),
        frozenset(
            str.split(
                "given provided above original you left ended stopped cut would could might may should these note hope seems "
                "appears looks goes heres here below continue"
            )
        ),
    ),
    (
        frozenset(str.split("heres here below half rest")),
        frozenset(str.split("continuation completion half rest next")),
    ),
    (frozenset(str.split("ill i let")), frozenset(str.split("continue carry go know"))),
    (frozenset({"would"}), frozenset({"like"})),
    (frozenset({"author"}), frozenset({"goes"})),
)
# Every Japanese pattern holds one of these.
_NEEDED_JA = ("続", "文章", "テキスト", "一節", "原文")
_JA_TEXT = "(?:文章|テキスト|一節|原文|元の文章)"
_JAPANESE = re.compile(
    "|".join(
        (
            r"(?:\A|\n)[^\S\n]*+(?:はい、|もちろんです。|承知(?:しました|いたしました)。|では、|それでは、?)*+[^。\n]{0,10}続き(?:は(?:以下|次)|を(?:書き|作成|示し|続け)[^。\n]{0,3}ます)",
            r"(?:以下|下記)(?:は|に|が)[^。\n]{0,8}続き",
            r"(?:\A|\n)[^\S\n]*+(?:では|それでは)、(?:続けます|続きを書きます)。",
            rf"{_JA_TEXT}の続き(?:を[^。\n]{{0,10}}書|として|になります|は(?:次|以下))",
            rf"{_JA_TEXT}に続く[^。\n]{{0,10}}(?:以下|次)",
            rf"(?:\A|\n)[^\S\n]*+(?:この|ご提示いただいた|提供された|与えられた|上記の|提示された){_JA_TEXT}(?:は、|では、|の次の|は[^。\n]{{0,20}}(?:一部|描|述べ))",
            r"(?:ご提示いただいた|提供された|与えられた)(?:文章|テキスト)",
            r"【続き】|続きで(?:いかがでしょうか|よろしい)|以上が[^。\n]{0,8}続き|続きが必要でしたら",
            r"[（(]注[:：][^）)\n]{0,40}(?:元の文章|原文|続き)",
            r"文章が途中で(?:切れ|終わ)",
            r"(?:この|次の)一節は、[^。\n]{0,40}描いた",
        )
    )
)


def check_comment(pair: Pair) -> Verdict:
    """Score: 1 where the reply speaks about the text or the task, else 0. The span is in the response."""
    text = without_quotations(pair.response.replace("\u2019", "'"))
    match = next(filter(None, (_OPENING.match(text, start.end()) for start in _PARAGRAPH.finditer(text))), None)
    units = comparable_units(pair.response)
    if not match and any(not (one.isdisjoint(units) or other.isdisjoint(units)) for one, other in _NEEDED):
        match = _ANYWHERE.search(text)
    if not match and any(word in text for word in _NEEDED_JA):
        match = _JAPANESE.search(text)
    if not match:
        return Verdict(pair.id, "comment", True, 0.0)
    return Verdict(pair.id, "comment", False, 1.0, "a comment on the text instead of a continuation", *match.span())
