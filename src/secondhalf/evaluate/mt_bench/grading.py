"""Single-answer grading as FastChat does it: the requests to the judge, the ratings in its replies, and the scores.

Figures, one value a question (a Score each): mt_bench.score (the mean of both turns), mt_bench.turn_1, mt_bench.turn_2.
The mean of `score` over the questions is the benchmark's, since every question has both turns.
"""

import re
from collections.abc import Mapping, Sequence

from secondhalf.evaluate.judge.excerpt import excerpt_for_judge
from secondhalf.evaluate.judge.stated import NAMES, without_quotations
from secondhalf.evaluate.mt_bench import wording
from secondhalf.evaluate.mt_bench.prompts import MTBenchQuestion
from secondhalf.models.request import Request, Sampling
from secondhalf.rows import Score

MT_BENCH_VERSION = (4,)
_NUMBER = r"(\d++(?:\.\d*+)?)"
_RATING = re.compile(rf"\[\[{_NUMBER}\]\]")
_NAMED = re.compile(rf"{NAMES}(?:\s+(?:is|would\s+be)|は)?[^\w\n\[]*(?:\[\[{_NUMBER}\]\]|\[{_NUMBER}\])", re.IGNORECASE)
_ALONE = re.compile(rf"[^\w\[]*\[{_NUMBER}\]\W*")
_BETWEEN = r"\s*(?:[-–—~〜～]|to|or|から|または)\s*"
_RANGE = re.compile(
    rf"\[{_NUMBER}\]+{_BETWEEN}\[*\d|(?<![\d/.])\d++(?:\.\d++)?\]*+{_BETWEEN}\[+{_NUMBER}\]", re.IGNORECASE
)
# FastChat's llm_judge/common.py.
TEMPERATURE = {
    "writing": 0.7,
    "roleplay": 0.7,
    "extraction": 0.0,
    "math": 0.0,
    "coding": 0.0,
    "reasoning": 0.0,
    "stem": 0.1,
    "humanities": 0.1,
}


def answer_temperature(prompt: MTBenchQuestion) -> float:
    """The temperature at which a question is answered, by its category (FastChat's temperature_config)."""
    return TEMPERATURE[prompt.category]


def mt_bench_requests(prompts: Sequence[MTBenchQuestion], answers: Mapping[str, str], longest: int) -> list[Request]:
    """Two requests to the judge for each question, one a turn, with the ids ID#1 and ID#2 that the answers have.

    `longest`: answers of more characters are shown without their middle.
    """
    to_judge = []
    for prompt in prompts:
        one, two = (excerpt_for_judge(answers[f"{prompt.id}#{turn}"], wording.MARKERS, longest) for turn in (1, 2))
        reference = prompt.reference[0] if prompt.reference else None
        turns = (
            (wording.FIRST_SYSTEM, wording.first(prompt.turns[0], one, reference)),
            (wording.SECOND_SYSTEM[bool(prompt.reference)], wording.second(prompt.turns, (one, two), prompt.reference)),
        )
        to_judge += [
            Request(f"{prompt.id}#{turn}", (("system", system), ("user", user)), Sampling())
            for turn, (system, user) in enumerate(turns, 1)
        ]
    return to_judge


def parse_rating(reply: str) -> float | None:
    """The rating, 1 to 10; None where there is none, where two differ, where it is a range or no such number.

    As FastChat reads it, but: the first of several different ratings is not taken, nor one that is quoted; and single
    brackets hold a rating only after its name or as the whole reply, since `[1]` in a text cites a source. A rating with its
    name counts before others.
    """
    own_words = without_quotations(reply)
    named = [double or single for double, single in _NAMED.findall(own_words)]
    alone = _ALONE.fullmatch(own_words)
    ratings = {float(rating) for rating in named or _RATING.findall(own_words) or (alone.groups() if alone else ())}
    rating = ratings.pop() if len(ratings) == 1 and not _RANGE.search(own_words) else None
    return rating if rating is not None and 1 <= rating <= 10 else None


def mt_bench_scores(prompts: Sequence[MTBenchQuestion], grades: Mapping[str, float]) -> list[Score]:
    """Scores from the grades by ID#TURN, 1 to 10; a turn without a grade has no score, and neither has its question."""
    results = []
    for prompt in prompts:
        turns = [grades.get(f"{prompt.id}#{turn}") for turn in (1, 2)]
        graded = [(turn, grade) for turn, grade in enumerate(turns, 1) if grade is not None]
        if len(graded) == 2:
            results.append(Score(prompt.id, "mt_bench.score", sum(grade for _, grade in graded) / 2))
        results += [Score(prompt.id, f"mt_bench.turn_{turn}", grade) for turn, grade in graded]
    return results
