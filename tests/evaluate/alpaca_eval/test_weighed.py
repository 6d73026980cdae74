"""A judge's certainty in place of its label: as AlpacaEval 2 weighs it, kept with the reply, and only where a server tells it."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from secondhalf.evaluate.alpaca_eval.prompts import AlpacaEvalInstruction
from secondhalf.evaluate.alpaca_eval.stage import score_alpaca_eval
from secondhalf.evaluate.alpaca_eval.weighed import weigh_labels
from secondhalf.evaluate.benchmark import ScoringInputs
from secondhalf.evaluate.judge.judges import Judges
from secondhalf.evaluate.judge.settings import AnswerJudgeSettings, JudgingSettings
from secondhalf.models.journal.journal import Journal
from secondhalf.models.server.settings import ServerSettings
from secondhalf.rows import Answer, to_table
from secondhalf.store import Stage
from support import ROOT
from support.judge_server import judge

ORIGINAL = json.loads((ROOT / "tests" / "statistics" / "alpaca_eval.json").read_text("utf-8"))
PROMPTS = [AlpacaEvalInstruction(id, f"Tell me of {id}.", "Theirs.", "") for id in ("ink", "tea")]
FIRST = {"m": math.log(0.9), "M": math.log(0.1)}
"""A judge that favours what it is shown first by nine to one, and the arm's answer about tea by its label too."""


def row(reply: str, tokens: dict[str, float], **more: Any) -> dict[str, Any]:
    return {"judge": "j", "id": "p#1", "reply": reply, "first_tokens": json.dumps(tokens) if tokens else "", **more}


@pytest.mark.parametrize("case", ORIGINAL["logprob_parser"])
def test_as_alpaca_eval_has_it(case: dict[str, Any]) -> None:
    label = max(case["tokens"], key=case["tokens"].get)
    step = weigh_labels([row(label, case["tokens"])])["j"]["p#1"]
    assert 1.5 - step / 2 == pytest.approx(case["preference"], abs=1e-12)


def test_a_reply_that_is_no_label_is_left_to_its_words() -> None:
    assert weigh_labels([row("m", {})]) == {}
    assert (
        weigh_labels([row("**m**", FIRST), row("Both", {"Both": -0.1, **FIRST}), row("<think>m</think>m", FIRST)]) == {}
    )
    assert weigh_labels([row("M", {"m": -0.1})]) == {}  # another token than was drawn from


def compared(url: str, folder: Path, **judge_settings: Any) -> tuple[dict[str, float], Stage]:
    """The scores by instruction of an arm that answers "Ours.", judged through one journal."""
    settings = AnswerJudgeSettings(model="sure", server=ServerSettings(urls=[url]), **judge_settings)
    judges = Judges(JudgingSettings(judges=[settings]), Journal(folder / "journal.sqlite"), 0.0)
    answers, stage = Stage(folder / "answers"), Stage(folder / "stage")
    for one in (answers, stage):
        one.path.mkdir(exist_ok=True)
    answers.write("answers", 0, to_table(Answer, [Answer(prompt.id, "Ours.", "stop", 1) for prompt in PROMPTS]))
    baseline = {prompt.id: prompt.output for prompt in PROMPTS}
    score_alpaca_eval(ScoringInputs("alpaca_eval", PROMPTS, answers, judges, baseline), stage)
    return {one["id"]: one["value"] for one in stage.read().to_pylist()}, stage


def test_a_sure_judge_counts_more_and_its_certainty_is_kept(tmp_path: Path) -> None:
    def likely(messages: list[dict[str, str]]) -> dict[str, float]:
        text = messages[-1]["content"]
        ours_first = text.index("Ours.") < text.index("Theirs.")
        return FIRST if "ink" in text or ours_first else {"m": math.log(0.6), "M": math.log(0.2), "The": math.log(0.2)}

    with judge(lambda _: "m", likely) as server:
        scores, stage = compared(server.url, tmp_path, logprobs=True)
        # Of tea, the arm's answer has 0.9 where it is first and 0.2 of 0.8 where it is second.
        assert scores == pytest.approx({"ink": 0.5, "tea": (0.9 + 0.25) / 2})
        assert all(body["logprobs"] is True and body["top_logprobs"] == 5 for body in server.requests)
        baseline = [battle["won"] for battle in stage.read("battles").to_pylist()]
        assert baseline == pytest.approx([0.9, 0.1, 0.75, 0.1])
        again, _ = compared(server.url, tmp_path, logprobs=True)
        assert len(server.requests) == 4  # the second time from the journal
        assert again == scores
        plain, _ = compared(server.url, tmp_path)
        assert len(server.requests) == 8  # other questions, so that no kept reply lacks what is asked for
        assert plain == {"ink": 0.5, "tea": 0.5}
        assert not any("logprobs" in body for body in server.requests[4:])


def test_a_server_that_sends_none_is_read_by_its_labels(tmp_path: Path) -> None:
    with judge(lambda _: "M") as server:
        assert compared(server.url, tmp_path, logprobs=True)[0] == {"ink": 0.5, "tea": 0.5}


def test_only_a_server_is_asked_for_log_probabilities() -> None:
    with pytest.raises(ValidationError, match="only a server under"):
        AnswerJudgeSettings(model="dummy:", logprobs=True)
