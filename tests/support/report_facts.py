"""A rich run told as facts, in English and in Japanese: what the tests of the page render."""

import math

from secondhalf.analysis.facts import (
    Arm,
    ArmComparison,
    Cost,
    Curve,
    Facts,
    Figure,
    FunnelStep,
    Point,
    ProvenanceEntry,
    Reason,
    Sample,
)
from support.evidence_facts import evidence

_ARMS = ("untouched", "original", "taught")
_FIGURES = {
    "checks": ("share", [(0.142, 0.083, 0.208), (0.158, 0.1, 0.225), (0.267, 0.192, 0.342)]),
    "ranking": ("share", [(0.671, 0.604, 0.737), (0.664, 0.6, 0.731), (0.702, 0.638, 0.763)]),
    "margin": ("nats", [(0.412, 0.351, 0.478), (0.459, 0.396, 0.527), (0.5132, 0.449, 0.581)]),
}
_PROBES = {
    "stops": [(0.01, 0, 0.03), (0.471, 0.383, 0.558), (0.95, 0.908, 0.983)],
    "next_turn": [(0.342, 0.258, 0.425), (0.05, 0.017, 0.092), (0.008, 0, 0.025)],
    "repeats": [(0.654, 0.6, 0.71), (0.43, 0.37, 0.49), (0.101, 0.07, 0.13)],
    "echo": [(0.21, 0.17, 0.25), (0.12, 0.09, 0.15), (0.08, 0.06, 0.1)],
    "language_kept": [(0.808, 0.733, 0.875), (0.883, 0.825, 0.933), (0.967, 0.933, 0.992)],
    "empty": [(0.0, 0.0, 0.0), (0.05, 0.017, 0.092), (0.0, 0.0, 0.0)],
}
_RECIPE = """# secondhalf run recipes/first.yaml
name: first-run
corpus:
  reader: pydoc
  sample: 480
split: {rule: words, share: 0.5, longest: 110}
arms:
  untouched: {student: base}
  original: {student: base, data: {original: 1}}
  taught: {student: base, data: {teacher: 1}, compare_to: [original, untouched]}
"""
_TEXT = {
    "en": {
        "title": "Does the teacher’s second half teach?",
        "note": "First run on public documentation, for the platform team.",
        "prompt": "Write a short e-mail to a colleague who has to move our meeting from Tuesday to Thursday. "
        "Use no more than three sentences.",
        "answers": [
            "Write a short e-mail to a colleague who has to move our meeting from Tuesday to Thursday. " * 12,
            "The meeting was held on Tuesday, the ministry said. Officials from both delegations were present, "
            "and a second round is planned for the coming month.",
            "Hi Mara,\n\nThank you for letting me know. Thursday works for me, so I have moved our meeting to the same "
            "hour.\n\nBest regards,\nJon",
        ],
        "examples": [
            "Copyright (c) 2001-2024. All rights reserved.",
            "0x3f 0x41 0x00 0x12 0x88",
            "| a | b | c |\n|---|---|---|",
        ],
        "reasons": [
            "shorter than 60 words",
            "mostly code",
            "instructional or conversational (request) in the response",
            "cut off at the length limit",
            "no sentence ends near the middle",
        ],
        "notices": [
            "Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms.",
            "Python’s documentation: PSF licence.",
        ],
    },
    "ja": {
        "title": "教師モデルが書いた後半は学習に役立つか",
        "note": "公開文書を用いた最初の実行。基盤チーム向け。",
        "prompt": "火曜日の会議を木曜日に変更してほしいという同僚に、短いメールを書いてください。"
        "三文以内でお願いします。",
        "answers": [
            "火曜日の会議を木曜日に変更してほしいという同僚に、" * 30,
            "会議は火曜日に開かれ、両国の代表団が出席した。次回は来月に予定されている。",
            "田中様\n\nご連絡ありがとうございます。木曜日の同じ時刻に変更いたしました。\nよろしくお願いいたします。",
        ],
        "examples": ["著作権所有。無断転載を禁じます。", "０１２３４５６７８９", "｜項目｜値｜\n｜－｜－｜"],
        "reasons": [
            "60 語に満たない",
            "大半がコード",
            "後半に依頼の表現がある",
            "長さの上限で途切れた",
            "中央付近に文の終わりがない",
        ],
        "notices": [
            "Gemma は Gemma 利用規約（ai.google.dev/gemma/terms）に従って提供されます。",
            "Python ドキュメント：PSF ライセンス。",
        ],
    },
}


def rich(language: str = "en", seeds: int = 3) -> Facts:
    """A whole run: three arms, three figures, every stage."""
    texts = _TEXT[language]
    trained = list(range(1, seeds + 1))
    why = texts["reasons"]

    def reason(check: str, index: int, count: int) -> Reason:
        return Reason(check=check, reason=why[index], count=count, examples=texts["examples"])

    return Facts(
        name="first-run",
        title=texts["title"],
        language=language,
        created="2026-11-24T21:40:00+00:00",
        note=texts["note"],
        primary="margin",
        arms=[_arm(index, trained) for index in range(3)],
        comparisons=_comparisons(seeds),
        funnel=[
            FunnelStep(stage="corpus", rows_in=1240, rows_out=480, rejects=[reason("sampled", 0, 760)]),
            FunnelStep(
                stage="clean", rows_in=480, rows_out=402, rejects=[reason("length", 0, 61), reason("prose", 1, 17)]
            ),
            FunnelStep(
                stage="split", data="teacher", unit="pairs", rows_in=402, rows_out=388, rejects=[reason("split", 4, 14)]
            ),
            FunnelStep(stage="teach", data="teacher", unit="pairs", rows_in=388, rows_out=388),
            FunnelStep(
                stage="audit",
                data="teacher",
                unit="pairs",
                rows_in=388,
                rows_out=312,
                rejects=[reason("finished", 3, 71), reason("instruction_response", 2, 5)],
            ),
            FunnelStep(stage="teach", data="original", unit="pairs", rows_in=312, rows_out=312),
        ],
        **evidence(texts),
        losses=[_curve(arm, seed) for arm in ("original", "taught") for seed in trained],
        answers=[_sample(texts, language, index) for index in range(5)],
        costs=[
            Cost(stage="corpus", seconds=3.2, money=0.0004, reused=True),
            Cost(
                stage="teach",
                label="teacher",
                seconds=1893,
                model_calls=388,
                prompt_tokens=61240,
                response_tokens=48811,
                money=0.21,
            ),
            Cost(stage="train", label="taught, seed 1", seconds=4210, money=0.47),
            Cost(
                stage="evaluate",
                label="taught, seed 1",
                seconds=754.4,
                model_calls=120,
                response_tokens=9120,
                money=None,
            ),
        ],
        cost_per_pair=0.00218,
        human_cost_per_pair=5.0,
        unchecked=["answers", "other_benchmarks", "hidden_instructions"],
        notices=texts["notices"],
        provenance=[
            ProvenanceEntry(label="recipe", value=_RECIPE),
            ProvenanceEntry(label="revision", value="55694b3"),
            ProvenanceEntry(label="packages", value="secondhalf 0.1.0, torch 2.13.0, transformers 5.24.0, peft 0.21.0"),
            ProvenanceEntry(label="student", value="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"),
        ],
    )


def _arm(index: int, trained: list[int]) -> Arm:
    seeds = max(len(trained), 1)

    def figure(name: str, unit: str, values: list[tuple[float, float, float]]) -> Figure:
        mean, low, high = values[index]
        return Figure(name=name, unit=unit, mean=mean, low=low, high=high, prompts=120, seeds=seeds)

    return Arm(
        name=_ARMS[index],
        role=("untouched", "control", "taught")[index],
        student="gemma-3-270m",
        template="plain",
        seeds=trained if index else [],
        pairs=312 if index else 0,
        supervised_tokens=40211 if index else 0,
        figures=[figure(name, unit, values) for name, (unit, values) in _FIGURES.items()],
        errors=[
            Figure(
                name="safety.false", mean=0.2 + 0.1 * index, low=0.1, high=0.5, prompts=40, seeds=seeds, contaminated=0
            )
        ],
        probes=[figure(name, "share", values) for name, values in _PROBES.items()],
    )


def _comparisons(seeds: int) -> list[ArmComparison]:
    rows = [
        ("original", "margin", "nats", (0.0542, 0.0071, 0.1012), 0.0241, 0.067),
        ("untouched", "margin", "nats", (0.1012, 0.0402, 0.1633), 0.0008, 0.088),
        ("original", "checks", "share", (0.1083, 0.0333, 0.1833), 0.0041, 0.107),
        ("untouched", "checks", "share", (0.125, 0.05, 0.2), 0.0012, 0.108),
        ("original", "ranking", "share", (0.038, -0.021, 0.097), 0.21, 0.084),
        ("untouched", "ranking", "share", (-0.031, -0.058, -0.004), 0.031, 0.039),
    ]
    return [
        ArmComparison(
            arm="taught",
            against=against,
            figure=figure,
            unit=unit,
            difference=difference,
            low=low,
            high=high,
            p=p,
            prompts=120,
            seeds=seeds,
            seeds_against=1 if against == "untouched" else seeds,
            noise=low <= 0 <= high,
            smallest=smallest,
        )
        for against, figure, unit, (difference, low, high), p, smallest in rows
    ]


def _curve(arm: str, seed: int) -> Curve:
    start = 3.4 if arm == "original" else 2.9

    def point(step: int) -> Point:
        fall = 0.9 * math.exp(-step / 14) + 0.06 * math.sin(step * 1.7 + seed)
        held_out = start - 0.5 + 0.55 * math.exp(-step / 12) + 0.02 * seed if step % 10 == 0 else None
        return Point(step=step, tokens=step * 1220, loss=start - 0.6 + fall, held_out=held_out)

    return Curve(arm=arm, seed=seed, points=[point(step) for step in range(1, 51)])


def _sample(texts: dict, language: str, index: int) -> Sample:
    answers = dict(zip(_ARMS, texts["answers"], strict=True))
    if index == 1:
        answers["original"] = "  "
    return Sample(
        prompt_id=f"mail-{index:02d}",
        language=language,
        prompt=texts["prompt"],
        answers=answers,
        passed={"original": False, "taught": True},
    )
