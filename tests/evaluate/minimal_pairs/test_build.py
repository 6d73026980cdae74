"""From a topic's line to pairs, by hand."""

from typing import Any

import pytest

from secondhalf.errors import UserError
from secondhalf.evaluate.minimal_pairs.build import build_pairs
from secondhalf.evaluate.minimal_pairs.slots import fill_slots, first_slot

FRAME = {"topic": "lake", "frame": "word", "prompt": "Describe a walk.", "text": "We saw a {duck|swan} by the lake."}
WORDINGS: dict[str, dict[str, Any]] = {
    "use_word": {"texts": ["Use {x}."], "before": False},
    "avoid_word": {"texts": ["Avoid {x}."], "before": False},
}


def test_a_word_frame_becomes_four_pairs_of_the_same_two_answers() -> None:
    duck, swan = "We saw a duck by the lake.", "We saw a swan by the lake."
    pairs = build_pairs([FRAME], WORDINGS, "en")
    assert [(pair.id, pair.prompt, pair.kept, pair.broken) for pair in pairs] == [
        ("en-use_word-lake-a", "Describe a walk. Use duck.", duck, swan),
        ("en-use_word-lake-b", "Describe a walk. Use swan.", swan, duck),
        ("en-avoid_word-lake-a", "Describe a walk. Avoid swan.", duck, swan),
        ("en-avoid_word-lake-b", "Describe a walk. Avoid duck.", swan, duck),
    ]
    assert {pair.plain for pair in pairs} == {"Describe a walk."}
    assert pairs[0].check == {"kind": "keyword", "any": ["duck"]}


def test_a_list_is_ordered_by_its_readings() -> None:
    names = ["three_items", "four_items", "bullets", "one_line", "ascending", "descending", "first", "last"]
    wordings = {name: {"texts": [f"{name}{{x}}。"], "before": False} for name in names}
    items = ["糸|いと", "針|はり", "ボタン", "布|ぬの"]
    frame = {
        "topic": "sewing",
        "frame": "list",
        "prompt": "何が要りますか。",
        "lead": "箱に",
        "items": items,
        "tail": "が。",
    }
    pairs = {pair.id[3:]: pair for pair in build_pairs([frame], wordings, "ja")}
    assert len(pairs) == 8
    assert pairs["order-sewing-a"].kept == "箱に糸、布、針、ボタンが。"
    assert pairs["order-sewing-b"].kept == "箱にボタン、針、布、糸が。"
    assert pairs["items-sewing-a"].kept == "箱に糸、針、ボタンが。"
    assert pairs["position-sewing-b"].kept == "箱に針、ボタン、布、糸が。"
    assert pairs["position-sewing-b"].prompt == "何が要りますか。last糸。"
    assert pairs["list_format-sewing-a"].kept == "・糸\n・針\n・ボタン\n・布"


def test_more_topics_change_no_pair_that_was_there() -> None:
    alone = build_pairs([FRAME], WORDINGS, "en")
    more = build_pairs([{**FRAME, "topic": "hill"}, FRAME], WORDINGS, "en")
    assert [pair for pair in more if pair.topic == "lake"] == alone


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"frame": "rhyme"}, "rhyme.* is unknown; write one of word"),
        ({"text": "We saw a duck."}, "has no slot"),
        ({"text": "We saw {a|a} duck."}, "has no slot, or a broken one"),
        ({"text": "We saw {a|the} duck {by."}, "has no slot, or a broken one"),
        ({"frame": "end"}, r"wordings_en\.jsonl has no 'end'"),
    ],
)
def test_a_broken_frame_is_named(change: dict[str, str], named: str) -> None:
    with pytest.raises(UserError, match=named):
        build_pairs([{**FRAME, **change}], WORDINGS, "en")


def test_a_frame_without_its_text_is_named() -> None:
    with pytest.raises(UserError, match="'word' of the topic 'lake' lacks 'text'"):
        build_pairs([{name: value for name, value in FRAME.items() if name != "text"}], WORDINGS, "en")


def test_slots_may_be_empty_on_one_side_and_many() -> None:
    assert fill_slots("{「|}行く{」|}と言った") == ("「行く」と言った", "行くと言った")
    assert first_slot("{She|He} lost {her|his} hat.") == ("She", "He")
