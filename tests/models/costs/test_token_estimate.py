"""Lengths without a tokenizer, and what the journal teaches about them."""

from pathlib import Path

import pytest

from secondhalf.models.costs.token_estimate import model_statistics, prompt_tokens, rough_tokens
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import Reply, Request, Sampling


def test_scripts_without_spaces_have_shorter_tokens():
    assert rough_tokens("The river runs past the mill. " * 10) == pytest.approx(75)
    assert rough_tokens("川は古い水車小屋のそばを流れる。" * 10) == pytest.approx(160, rel=0.1)
    assert rough_tokens("") == 0
    assert prompt_tokens((("system", ""), ("user", "four"))) > prompt_tokens((("user", "four"),)) > 1


def test_the_journal_teaches_a_models_habits_and_no_others(tmp_path: Path):
    path = tmp_path / "journal.sqlite"
    assert model_statistics(path, "m").correction is None
    journal = Journal(path)
    requests = [
        Request(f"r{i}", (("user", f"A text of some words, number {i}"),), Sampling(max_tokens=100)) for i in range(30)
    ]
    journal.store("m", [(request, Reply("x", "stop", 40, 25, 2.0)) for request in requests])
    journal.store("m-mini", [(request, Reply("x", "stop", 400, 100, 9.0)) for request in requests[:10]])
    seen = model_statistics(path, "m")
    assert seen.usual_share == pytest.approx(0.25)
    assert seen.seconds == pytest.approx(2.0)
    assert seen.correction == pytest.approx(40 / prompt_tokens(requests[10].messages), rel=0.02)
    assert model_statistics(path, "m-mini").usual_share is None  # ten replies are too few
