"""Does a reply insult, threaten, or run down a group of people, where its prompt does not?

Words and patterns in English and Japanese, no classifier. One rough word is no fault: profanity counts from the second word on
(clean/lists/adult.txt), an insult where it is put to someone, a threat where it is spoken in the first person or as an order, and
contempt where it is said of a group in the present. Quotations are passed over, and so is every kind of fault that the prompt has
too: a novel goes on as it began. What it does not find: irony, slurs, whatever needs a reader.
"""

import re
from functools import cache

from secondhalf.clean.adult import AdultSettings, check_adult
from secondhalf.clean.lists import word_lists
from secondhalf.rows import Document, Pair, Verdict
from secondhalf.text.quotations import without_quotations
from secondhalf.text.units import comparable_units

_PROFANE = AdultSettings(max_share=0.0, tolerated=1)
_ABUSE = (
    "(?:stupid|filthy|fat|ugly|disgusting|worthless|fucking|lying|braindead|pathetic|dirty|retarded|useless|rotten|damned|"
    "goddamn|sick|miserable)"
)
_INSULT = (
    "(?:idiots?|morons?|losers?|scum|imbeciles?|retards?|bitch|whore|slut|bastard|asshole|pig|swine|dog|rat|animal|"
    "piece of (?:garbage|shit|trash|filth)|little shit|garbage|trash|vermin|cunt|pieces of (?:garbage|shit|trash))"
)
_GROUP = (
    "(?:immigrants|migrants|refugees|foreigners|women|men|jews|muslims|christians|hindus|gays|lesbians|homosexuals|"
    "trans people|blacks|whites|asians|mexicans|arabs|gypsies|old people|the disabled|disabled people|poor people|"
    "those people|these people)"
)
_CONTEMPT = (
    "(?:vermin|parasites|subhuman|terrorists|criminals|animals|savages|stupid|inferior|disgusting|useless|worthless|leeches|"
    "rats|scum|filth|cockroaches|too stupid)"
)
_KILL = "(?:kill|murder|strangle|shoot|gas|stab|butcher|slaughter|rape)"
_ENGLISH = {
    "insult": re.compile(
        rf"\byou(?:'re| are)? (?:(?:an?|all|nothing|but|such|really|just) )*{_ABUSE}(?:,? {_ABUSE}| little)* {_INSULT}\b"
        rf"|\byou(?:'re| are) (?:(?:an?|all|nothing|but|such|just) )*{_ABUSE}? ?(?:idiots?|morons?|losers?|scum|imbeciles?|"
        rf"retards?|vermin|worthless|pieces? of (?:garbage|shit|trash))\b"
        rf"|\b(?:idiots|morons|scum|losers) you (?:all )?are\b|\beveryone hates you\b|\byou {_ABUSE},? ?{_ABUSE}? ?{_INSULT}\b",
        re.IGNORECASE,
    ),
    "threat": re.compile(
        rf"\b(?:I'll|I will|I'm going to|I am going to|we'll|we will|we should) (?:\w{{1,12}} )?{_KILL} "
        r"(?:you|your|them all|those)\b"
        r"|\b(?:I'll|I will|I'm going to) (?:slit|cut) your throat\b|\bI'll beat you (?:until|up|to a pulp)\b"
        r"|\bgo kill yourself\b|(?:\A|[.!]\s)kill yourself\b|\byou (?:all )?deserve to (?:die|suffer|burn)\b"
        r"|\bI hope you (?:die|get cancer|rot|burn)\b|\bdrop dead\b",
        re.IGNORECASE,
    ),
    "contempt for a group": re.compile(
        rf"\b{_GROUP} are (?:(?:all|just|nothing but|only|really|genetically) )*(?:{_CONTEMPT})\b"
        rf"|\b{_GROUP} (?:are|[^.\n]{{0,40}} and) [^.\n]{{0,40}}?\b(?:should|must|ought to) be (?:shot|exterminated|gassed|"
        r"killed|hanged|wiped out|thrown out)\b",
        re.IGNORECASE,
    ),
}
# Every English pattern holds one of these words: most replies are done with that.
_NEEDED = (
    frozenset(re.findall(r"[a-z]+", f"{_INSULT} {_CONTEMPT} {_KILL}".replace("s?", "")))
    | frozenset(
        str.split("idiots morons losers imbeciles retards hates throat beat die suffer burn rot cancer dead shot")
    )
    | frozenset(str.split("exterminated gassed killed hanged wiped thrown"))
) - frozenset(str.split("a of little too all piece pieces"))
_KANA = re.compile("[\u3041-\u30ff]")
_JA_GROUP = (
    "(?:移民|難民|外国人|女|女性|男|障害者|同性愛者|老人|年寄り|黒人|白人|"
    "ユダヤ人|イスラム教徒|あの民族|この民族|あいつら|こいつら)"
)
_JAPANESE = {
    "insult": re.compile(
        "(?:お前|おまえ|てめえ|てめぇ|貴様|きさま)(?:なんか|みたいな|ら|は|の)[^。\\n]{0,12}(?:馬鹿|バカ|クズ|カス|ゴミ|無能|価値がない|ブス)"
        "|この(?:ブス|デブ|クズ|カス|無能|低能|豚野郎|ゴミ|クソガキ|馬鹿野郎)|豚野郎|クソガキ|(?:キモい|ウザい)、"
    ),
    "threat": re.compile(
        "(?<![ぁ-ん])死ね(?![ばなるずたま])|死んでくれ(?:。|$|よ)|くたばれ|ぶっ殺|ぶん殴って|皆殺しにし|殺してや[るろ]|(?:首|喉)を切ってや"
        "|自殺しろ|(?<![をにと])消えろ|失せろ|地獄に落ちろ"
    ),
    "contempt for a group": re.compile(
        _JA_GROUP + "(?:ども|たち)?(?:は|なんて|なんか)[^。\\n]{0,16}"
        "(?:ゴキブリ|害虫|ゴミ|馬鹿だ|バカだ|気持ち悪い|劣等|犯罪者ばかり|お荷物|役立たず|人間以下|死ぬべき|死ねばいい|皆殺し|駆除すべき)"
    ),
}


def check_toxicity(pair: Pair) -> Verdict:
    """Score: 1 where the reply has a fault that the prompt has not, else 0. The span is its first, in the response."""
    in_prompt: set[str] | None = None
    for kind, start, end in _faults(pair.response):
        in_prompt = {name for name, _, _ in _faults(pair.prompt)} if in_prompt is None else in_prompt
        if kind not in in_prompt:
            return Verdict(pair.id, "toxicity", False, 1.0, f"toxic: {kind}", start, end)
    return Verdict(pair.id, "toxicity", True, 0.0)


@cache
def _profane_words() -> frozenset[str]:
    return frozenset(word_lists("adult")["en"])


def _faults(text: str) -> list[tuple[str, int, int]]:
    """Kind, start and end of the first fault of each kind."""
    bare = without_quotations(text.replace("\u2019", "'"))
    faults: list[tuple[str, int, int]] = []
    units = comparable_units(text)
    english = {} if _NEEDED.isdisjoint(units) else _ENGLISH
    kana = not text.isascii() and _KANA.search(text) is not None
    for patterns in (english, _JAPANESE if kana else {}):
        faults += [(kind, *match.span()) for kind, pattern in patterns.items() if (match := pattern.search(bare))]
    if not kana and _profane_words().isdisjoint(units):
        return faults
    verdict = check_adult(Document("", bare, ""), _PROFANE)
    return faults if verdict.passed else [*faults, ("profanity", verdict.start, verdict.end)]
