"""The cut itself: exact, near the ratio, capped, and never inside a sign; on texts nobody would write."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.split.cut import Cut, find_cut
from secondhalf.split.settings import RULES, SplitSettings
from secondhalf.split.tokens import token_boundaries
from secondhalf.text.language import word_spans

ANY = {**RULES, "tokens": lambda text: token_boundaries(text, lambda whole: range(3, len(whole) + 3, 3))}
ODD = [
    *"ab .!?\n\r\t\u3000。、！「」かなカ漢字1２\u0301\u3099\ufe0f\u200d\u200b\u202e👩🏽🇯شاך한𠮷",
    "\r\n",
    "\n\n",
    "\u1112\u1161",
]
ODD = [*ODD, "word ", "言葉", "です。", "End. "]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.lists(st.sampled_from(ODD), max_size=80).map("".join),
)
LONG = st.lists(st.sampled_from(ODD), min_size=20, max_size=80).map("".join)
RULE = st.sampled_from(sorted(ANY))
RATIO = st.floats(0.01, 0.99)


def cut_by(text: str, rule: str, **changed: object) -> Cut:
    settings = SplitSettings.model_validate({"rule": rule, "min_prompt_words": 1, "min_original_words": 1, **changed})
    return find_cut(text, ANY[rule](text), settings)


@given(TEXTS, RULE, RATIO)
def test_both_sides_hold_words_and_no_sign_is_torn(text: str, rule: str, ratio: float) -> None:
    best = cut_by(text, rule, ratio=ratio)
    if best.refusal:
        return
    prompt, original = text[: best.offset], text[best.offset :]
    assert prompt.strip()
    assert original.strip()
    assert not prompt[-1].isspace()
    assert not unicodedata.category(original[0]).startswith("M")
    assert original[0] != "\u200d"
    assert 0 < best.share < 1 or rule == "tokens"


@given(LONG, RULE, RATIO, st.integers(1, 30))
def test_a_cap_holds_and_moves_a_cut_only_earlier(text: str, rule: str, ratio: float, cap: int) -> None:
    free, capped = cut_by(text, rule, ratio=ratio), cut_by(text, rule, ratio=ratio, max_prompt_words=cap)
    if capped.offset < 0:
        return
    assert capped.offset <= free.offset
    assert sum(start < capped.offset for start, _ in word_spans(text)) <= cap


@given(TEXTS, RULE, RATIO, RATIO)
def test_a_larger_ratio_never_cuts_earlier(text: str, rule: str, one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert cut_by(text, rule, ratio=small).offset <= cut_by(text, rule, ratio=large).offset


@given(st.lists(st.sampled_from(["one", "three", "a", "sixteen"]), min_size=2, max_size=60), RATIO)
def test_the_words_rule_is_as_near_as_whole_words_allow(parts: list[str], ratio: float) -> None:
    best = cut_by(" ".join(parts), "words", ratio=ratio)
    assert (
        abs(best.share - ratio)
        <= max(0.5, 1.0 - ratio * len(parts), 1.0 - (1 - ratio) * len(parts)) / len(parts) + 1e-9
    )


ENGLISH = "The cat sat down. It was tired. The dog, who was older, did not sit.\n\nA bird sang. All slept."
JAPANESE = "猫は座った。とても疲れていた。年上の犬は、座らなかった。\n\n鳥が歌った。みんなは東京タワーで眠った。"


@pytest.mark.parametrize(
    ("rule", "text", "end", "begin"),
    [
        ("words", ENGLISH, "The dog, who", " was older"),
        ("characters", ENGLISH, "The dog, who was", " older"),
        ("tokens", ENGLISH, "The dog, who was", " older"),
        ("sentences", ENGLISH, "It was tired.", " The dog"),
        ("paragraphs", ENGLISH, "did not sit.", "\n\nA bird"),
        ("words", JAPANESE, "年上の犬は、", "座らなかった。"),
        ("characters", JAPANESE, "座らなかった。", "\n\n鳥が"),
        ("tokens", JAPANESE, "年上の犬は、", "座らなかった。"),
        ("sentences", JAPANESE, "疲れていた。", "年上の"),
        ("paragraphs", JAPANESE, "座らなかった。", "\n\n鳥が"),
    ],
)
def test_golden(rule: str, text: str, end: str, begin: str) -> None:
    best = cut_by(text, rule)
    assert not best.refusal
    assert text[: best.offset].endswith(end)
    assert text[best.offset :].startswith(begin)


@pytest.mark.parametrize("sign", ["か\u3099", "葛\U000e0100", "一\u200d二"])
@pytest.mark.parametrize("rule", ["words", "characters", "tokens"])
def test_a_half_that_falls_inside_a_sign_moves_to_its_edge(rule: str, sign: str) -> None:
    best = cut_by(sign * 15, rule)
    assert best.offset % len(sign) == 0
    assert abs(best.offset - len(sign) * 7.5) < len(sign)


def test_why_a_text_is_refused() -> None:
    assert cut_by(" \n", "words") == Cut(-1, 0.0, "no words")
    assert cut_by("one", "words") == Cut(-1, 0.0, "one piece only under the rule words")
    assert cut_by("One sentence of words", "sentences").refusal == "one piece only under the rule sentences"
    assert cut_by("a b c d", "words", min_prompt_words=3).refusal == "prompt too short"
    assert cut_by("a b c d", "words", min_original_words=3).refusal == "original too short"
    capped = cut_by("One two three. Four five six.", "sentences", max_prompt_words=2)
    assert capped == Cut(-1, 0.0, "no place to cut, or none within max_prompt_words")
    assert cut_by("a b", "tokens").refusal == ""
    assert cut_by("a b c d", "words", min_prompt_words=2, min_original_words=2) == Cut(3, 0.5)
