"""Judges are asked through journal and purse: nothing is paid for twice, a budget stops and can be raised."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from secondhalf.errors import UserError
from secondhalf.evaluate.judge.judges import Judges
from secondhalf.evaluate.judge.settings import AnswerJudgeSettings, JudgingSettings
from secondhalf.models.costs.budget import BudgetSettings
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import Request, Sampling
from secondhalf.models.server.settings import ServerSettings
from secondhalf.store import Stage
from support.judge_server import judge

REQUESTS = [Request(f"q{n}", (("user", f"Grade answer {n}."),), Sampling()) for n in range(8)]


def judges(url: str, folder: Path, budget: BudgetSettings) -> Judges:
    server = ServerSettings(urls=[url], max_in_flight=1)
    settings = JudgingSettings(judges=[AnswerJudgeSettings(model="strict", server=server)], budget=budget)
    return Judges(settings, Journal(folder / "journal.sqlite"), 0.0)


def test_a_budget_stops_and_can_be_raised(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "stage")
    stage.path.mkdir()
    with judge(lambda _: "<think>Hm, [[1]]?</think>\n[[7]]") as server:
        with pytest.raises(UserError, match=r"raise evaluate\.judging\.budget\.tokens"):
            judges(server.url, tmp_path, BudgetSettings(tokens=35)).judge(REQUESTS, stage, "judging")
        before = len(server.requests)
        assert 0 < before < 8
        replies, summary = judges(server.url, tmp_path, BudgetSettings(tokens=1000)).judge(REQUESTS, stage, "judging")
        assert len(server.requests) == 8  # the rest alone
    assert replies == {"strict": {f"q{n}": "[[7]]" for n in range(8)}}  # thinking left out
    assert (summary["model_calls"], summary["prompt_tokens"], summary["response_tokens"]) == (8, 56, 24)
    assert summary["paid"]["judge strict"]["calls"] == 8
    kept = pq.read_table(stage.path / "judgments-00000.parquet").to_pylist()
    assert [row["id"] for row in kept] == [f"q{n}" for n in range(8)]
    assert kept[0]["reply"].startswith("<think>")  # the raw words stay to be looked at


def test_a_price_is_needed_for_a_budget_in_dollars(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "stage")
    stage.path.mkdir()
    with pytest.raises(
        UserError, match=r"evaluate\.judging\.budget\.dollars needs the price .*evaluate\.judging\.prices"
    ):
        judges("http://127.0.0.1:9/v1", tmp_path, BudgetSettings(dollars=1.0)).judge(REQUESTS, stage, "judging")
