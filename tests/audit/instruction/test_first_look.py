"""The first look leaves nothing out: where a pattern matches, its wider form does; and it does leave out most."""

import random
import re

import pytest

from secondhalf.audit.instruction import disguises
from secondhalf.audit.instruction.first_look import may_match, rules_that_may_match, wider
from secondhalf.audit.instruction.others import OTHERS, RUN_TOGETHER
from secondhalf.audit.instruction.plain import plain_text
from secondhalf.audit.instruction.rules import RULES
from secondhalf.audit.instruction.verdicts import instruction_verdicts
from secondhalf.rows import Pair
from secondhalf.text.json_lines import read
from support import ROOT

LABELS = ROOT / "benchmarks" / "instruction_labels"
SIGNS = [*"éА０　\u0301\u200b\x1c\x85\ud800#*<{|=_-%&;\\\n\t .?!:1@", "\n- ", "step 1: ", "please ", "。\n"]
PATTERNS = (
    *(rule.pattern for rule in (*RULES["en"], *RULES["ja"], *OTHERS, *RUN_TOGETHER)),
    *disguises._IN_TEXT,
    *disguises._IN_PLAIN,
)


def _texts() -> list[str]:
    """Real halves of the dev half, as they are and with signs put into them."""
    chance = random.Random(1)
    texts = []
    for _, row in read(LABELS / "pairs.jsonl", "FILE"):
        if row["half"] != "dev":
            continue
        text = row["prompt"] + row["response"]
        spoilt = list(text)
        for _ in range(12):
            spoilt.insert(chance.randrange(len(spoilt) + 1), chance.choice(SIGNS))
        texts += [text, plain_text("".join(spoilt))]
    return texts


def test_what_matches_is_never_left_out() -> None:
    texts = _texts()
    assert len(texts) > 1000
    left = 0
    for text, numbers in zip(texts, may_match(texts, PATTERNS), strict=True):
        left += len(PATTERNS) - len(numbers)
        for number in set(range(len(PATTERNS))) - set(numbers):
            assert not PATTERNS[number].search(text), (PATTERNS[number].pattern, text)
    assert left > 0.7 * len(texts) * len(PATTERNS)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?<=a)b", "ab"),
        (r"b(?<=ab)c", "abc"),
        (r"(?<!a)b(?=c)(?!d)", "bc"),
        (r"\bé\w+\b", "(éé)"),
        (r"[^\W\d_]{20,}", "é" * 20),
        (r"[^\s\w]\S\D\W", "\u3000-é-\u3000"),
        (r"(?m)^b$", "a\nb\nc"),
        (r"(?s)a.b", "a\nb"),
        (r"(?:a++b*+c?+){2,300}", "aabc" * 40),
        (r"(?>a|ab)c\Z", "ac"),
        (r"[]^-]\]|x", "]]"),
        (r"a[^b]c", "a\U0001f600c"),
    ],
)
def test_a_wider_form_of_every_kind_of_part(pattern: str, text: str) -> None:
    assert re.search(pattern, text)
    assert may_match([text, "nothing"] * 100, (re.compile(pattern),))[0] == [0]


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?i)a", r"(a)?(?(1)b|c)"])
def test_what_has_no_wider_form_is_said(pattern: str) -> None:
    with pytest.raises(ValueError, match="no first look"):
        wider(re.compile(pattern))


def test_few_texts_are_not_looked_at_first_and_each_has_its_own_rules() -> None:
    assert may_match(["a"], PATTERNS[:3]) == [[0, 1, 2]]
    texts = ["please summarise the minutes.", "要約してください。"] * 60
    found = rules_that_may_match(texts, [RULES["en"], RULES["ja"]] * 60)
    assert {rule.name for rule in found[0]} >= {"write a", "please"}
    assert "please" in {rule.name for rule in found[1]}
    assert all(rule in RULES["ja"] for rule in found[1])


def test_many_pairs_are_judged_as_few() -> None:
    texts = [text for text in _texts() if text.strip()][:300]
    pairs = [Pair(str(i), "", "words", "en", text[:90], "", text[90:]) for i, text in enumerate(texts)]
    many = instruction_verdicts(pairs)
    assert many[:30] == [instruction_verdicts([pair])[0] for pair in pairs[:30]]
