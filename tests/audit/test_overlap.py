"""Nothing is too short to be found, no form hides a text, and what everyone writes is found nowhere."""

import json
import os
import pickle
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from secondhalf.audit.overlap import EvaluatedText, OverlapIndex

TEN = "one two three four five six seven eight nine ten"
INDEX = OverlapIndex.of(
    {"ten": TEN, "short": "name a planet", "empty": " …", "ja": "日本で一番高い山の名前を書いてください"}
)
DATA = Path(os.environ.get("SECONDHALF_DATA") or "absent")
FORMS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "wrapped": lambda text: text.replace(" ", "\n  "),
    "capitals": lambda text: text.upper(),
    "without punctuation": lambda text: "".join(c for c in text if c.isalnum() or c.isspace() or c in "-'’"),
    "other punctuation": lambda text: text.replace(",", " --").replace("'", "’").replace(" ", "; ", 1),
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "unseen": lambda text: text.replace("e", "e\u200b\u00ad").replace("の", "の\u2060"),
    "bold": lambda text: f"**{text}**",
}
PROMPTS = {
    1: "Haiku?",
    2: "Why, indeed?",
    3: "Name a planet.",
    4: "Who wrote 'Hamlet' first?",
    5: "Name a well-known river, please.",
    6: "What is the capital of Perú?",
    7: "List the planets in order of size.",
    8: "Describe the taste of an orange to me, please.",
    12: "Write a letter to the miller and ask him for ten sacks.",
}
JAPANESE = {
    4: "俳句とは？",
    8: "惑星の名を一つ。",
    13: "日本で一番高い山は何ですか。",
    30: "古い水車小屋の持ち主に手紙を書いて、小麦粉を十袋ガレージに届けるよう頼んでください。",
}


def _shares(index: OverlapIndex, text: str) -> dict[str, float]:
    return {overlap.text.item: overlap.share for overlap in index.find(text)}


def test_the_share_counts_units_that_lie_in_a_shared_run_of_eight() -> None:
    assert _shares(INDEX, "Zero ONE, two three four five six seven eight; and more") == {"ten": 0.8}
    assert _shares(INDEX, "one two three four five six seven and eight nine ten") == {}
    assert _shares(INDEX, TEN) == {"ten": 1.0}
    assert _shares(INDEX, "") == {}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Name a planet", True),
        ("He wrote: name a planet", True),
        ("A quiz!\nName a planet\nName a star", True),
        ("“Name a planet,” he said.", True),
        ("They had to name a planet and a star.", False),
        ("They had to name a planet.", False),
        ("Rename a planet. Name a planetary system.", False),
    ],
)
def test_a_very_short_prompt_counts_as_a_sentence_of_its_own(text: str, seen: bool) -> None:
    assert _shares(INDEX, text) == ({"short": 1.0} if seen else {})


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", [*PROMPTS.values(), *JAPANESE.values()])
def test_no_length_and_no_form_is_blind(text: str, form: str) -> None:
    """In an English text and in a Japanese one, in the pseudo-instruction and in the reply."""
    index = OverlapIndex([EvaluatedText("own", "one", "prompt", text)])
    changed = FORMS[form](text)
    for before, after in (("It was late.", "So they went home."), ("もう夜も更けていた。", "皆は家に帰った。")):
        whole = f"{before}\n{changed}\n{after}"
        for sides in ((whole, "x"), ("x", whole)):
            overlaps = index.find(*sides)
            assert [overlap.share for overlap in overlaps] == [1.0], sides


def test_hyphens_may_be_left_out_or_put_in() -> None:
    index = OverlapIndex.of({"one": "Name a well-known co-operative bank near you"})
    for text in ("name a well known co operative bank near you", "name a wellknown cooperative bank near you"):
        assert _shares(index, text) == {"one": 1.0}


def test_a_short_answer_is_no_phrase_of_everyone() -> None:
    index = OverlapIndex(
        [
            EvaluatedText("own", "yes", "answer", "Yes, it is."),
            EvaluatedText("own", "sea", "answer", "It flows to the sea."),
        ]
    )
    assert _shares(index, "Yes, it is. And then it flows to the sea, as all rivers do.") == {}
    assert _shares(index, "Yes, it is. It flows to the sea.") == {"sea": 1.0}


def test_an_index_is_known_by_all_its_texts_and_can_be_sent() -> None:
    texts = [EvaluatedText("own", "a", "prompt", TEN), EvaluatedText("own", "b", "prompt", "Name a star")]
    index = OverlapIndex(texts)
    assert OverlapIndex(reversed(texts)).identity == index.identity
    assert OverlapIndex(texts[:1]).identity != index.identity
    index.find(TEN)
    assert pickle.loads(pickle.dumps(index)).find(f"{TEN}. Name a star!") == index.find(f"{TEN}. Name a star!")


@pytest.mark.parametrize("name", ["mt_bench/question.jsonl", "arena_hard/question.jsonl", "ifeval/input_data.jsonl"])
def test_no_published_prompt_is_blind(name: str) -> None:
    """The table of prompts that are too short for n-grams: 7 of MT-Bench's second turns and 12 of Arena-Hard's for 8-grams."""
    if not (DATA / name).is_file():
        pytest.skip("SECONDHALF_DATA does not hold the benchmark files")
    rows = [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines() if line.strip()]
    texts = {f"{number} {turn}": text for number, row in enumerate(rows) for turn, text in enumerate(
        row.get("turns") or [row["prompt"]])}  # fmt: skip
    index = OverlapIndex.of(texts)
    for id, text in texts.items():
        assert _shares(index, f"It was late.\n{' '.join(text.split()).upper()}\nSo they went home.")[id] == 1.0
