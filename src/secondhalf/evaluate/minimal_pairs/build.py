"""From topics, wordings and kinds to pairs: topics_LANGUAGE.jsonl holds what is said, wordings_LANGUAGE.jsonl what is asked.

Which of its wordings a constraint takes, and whether it stands before the prompt or after it, is decided by a hash of
topic and kind: the two pairs of a couple share it, and new topics change no pair that was there.
"""

import json
from collections import Counter
from importlib.resources import files
from typing import Any

from secondhalf.errors import UserError
from secondhalf.evaluate.minimal_pairs.couple import Couple, Frame
from secondhalf.evaluate.minimal_pairs.kinds import couples
from secondhalf.evaluate.minimal_pairs.pairs import MinimalPair, hash_byte

Wordings = dict[str, dict[str, Any]]
"""A row of wordings_LANGUAGE.jsonl by its constraint: texts, and whether they make sense before the prompt."""

LANGUAGES = ("en", "ja")
_JOINS = {"en": " ", "ja": ""}
_BEFORE = 3  # one couple in so many has its constraints before the prompt, where their wordings make sense there


def load_minimal_pairs() -> list[MinimalPair]:
    """All pairs of both languages, ordered by id."""
    pairs = []
    for language in LANGUAGES:
        wordings = {row["constraint"]: row for row in _rows(f"wordings_{language}.jsonl")}
        pairs += build_pairs(_rows(f"topics_{language}.jsonl"), wordings, language)
    return sorted(pairs, key=lambda pair: pair.id)


def build_pairs(frames: list[Frame], wordings: Wordings, language: str) -> list[MinimalPair]:
    """Two pairs for every couple that the frames give. Raises UserError for a broken frame or a missing wording."""
    pairs: list[MinimalPair] = []
    for frame in frames:
        taken: Counter[str] = Counter()  # of a kind's letters: some kinds have two couples in a frame
        for couple in couples(frame, language):
            for side in (0, 1):
                pairs.append(_pair(couple, side, taken[couple.kind], frame, wordings, language))
            taken[couple.kind] += 2
    return pairs


def _pair(couple: Couple, side: int, taken: int, frame: Frame, wordings: Wordings, language: str) -> MinimalPair:
    constraint = couple.constraints[side]
    wording = wordings.get(constraint.wording)
    if wording is None:
        raise UserError(f"wordings_{language}.jsonl has no {constraint.wording!r}; write its texts.")
    choice = hash_byte(f"{language} {couple.kind} {frame['topic']} {taken}")
    request = wording["texts"][choice % len(wording["texts"])].replace("{x}", constraint.x)
    before = wording["before"] and choice // 16 % _BEFORE == 0
    return MinimalPair(
        id=f"{language}-{couple.kind}-{frame['topic']}-{'abcd'[taken + side]}",
        language=language,
        kind=couple.kind,
        topic=frame["topic"],
        plain=frame["prompt"],
        prompt=_JOINS[language].join([request, frame["prompt"]] if before else [frame["prompt"], request]),
        kept=couple.answers[side],
        broken=couple.answers[1 - side],
        check=constraint.check,
    )


def _rows(name: str) -> list[dict[str, Any]]:
    lines = files(__package__).joinpath(name).read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line.strip()]
