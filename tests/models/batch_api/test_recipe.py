"""A recipe whose teacher sits behind a batch API: pairs, rejects and money as with any other."""

import json
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.models.batch_api.batches import Batches
from support.batch_server import Server, answered, refused, serving
from support.recipes import LENGTH_ONLY, tiny_recipe


def _recipe(url: str) -> None:
    """Writes r.yaml, whose teacher is the batch API at `url`."""
    tiny_recipe(
        Path("r.yaml"),
        name="try",
        corpus={"sample": 120, "section_words": 200},
        clean={"length": {"min_words": 60}, **LENGTH_ONLY},
        split=None,
        pilot={"pairs": 10, "max_rejected": 1},
        teach={
            "model": "gpt-4o-mini",
            "sampling": None,
            "batch": True,
            "server": {"urls": [url], "key_env": "TRY_KEY"},
        },
    )


def _manifest(name: str) -> dict:
    stage = json.loads(Path("runs", name, "stages.json").read_text())["teach:taught"]["stage"]
    return json.loads(Path("store", stage, "manifest.json").read_text())


def test_pilot_and_rest_are_a_batch_each_and_cost_half(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(Batches.__init__.__kwdefaults__, "pause", 0.01)
    monkeypatch.setenv("TRY_KEY", "sk-very-secret")
    with serving() as server:
        finish(server)
        _recipe(server.url)
        assert main(["teach", "r.yaml", "--set", "teach.server.key_env=NO_SUCH_KEY"]) == 2
        assert "NO_SUCH_KEY" in capsys.readouterr().err
        assert main(["teach", "r.yaml"]) == 0
        manifest = _manifest("try")
        assert [len(server.lines(batch)) for batch in server.batches] == [10, manifest["rows_in"] - 10]
        assert {line["url"] for batch in server.batches for line in server.lines(batch)} == {"/v1/chat/completions"}
        assert server.keys == {"Bearer sk-very-secret"}
        assert manifest["rejected"] > 0
        paid = manifest["paid"]["teacher"]
        assert paid["calls"] == manifest["rows"]
        assert paid["dollars"] == pytest.approx((5 * 0.15 + 3 * 0.6) * manifest["rows"] / 1e6 / 2)
        # The same teacher without the batch API is the same stage: nothing is asked again.
        batches = len(server.batches)
        assert main(["teach", "r.yaml", "--set", "name=direct", "--set", "teach.batch=false"]) == 0
        assert _manifest("direct") == manifest
        assert len(server.batches) == batches
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if b"sk-very-secret" in path.read_bytes()]


def finish(server: Server) -> None:
    """Every tenth line is refused."""
    server.finish = lambda lines, before: (
        "completed",
        [answered(line) for number, line in enumerate(lines) if number % 10],
        [refused(line) for number, line in enumerate(lines) if number % 10 == 0],
    )


def test_an_unknown_price_is_named_and_a_budget_in_dollars_refused(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRY_KEY", "sk-very-secret")
    _recipe("http://127.0.0.1:1/v1")
    for model, priced in (("gpt-4o-mini", True), ("a-model-of-ours", False)):
        assert main(["doctor", "r.yaml", "--json", "--offline", "--set", f"teach.model={model}"]) == 0
        output = json.loads(capsys.readouterr().out)
        assert output["findings"][-1]["what"] == "money"
        (row,) = output["estimates"]
        assert (row["dollars"] is not None) == priced
        assert row["hours"] == 24.0
    limit = ["--set", "teach.model=a-model-of-ours", "--set", "teach.budget.dollars=1"]
    assert main(["teach", "r.yaml", *limit]) == 2
    assert "needs the price" in capsys.readouterr().err
    assert main(["doctor", "r.yaml", "--set", "teach.server.key_env=NO_SUCH_KEY"]) == 2
    assert "NO_SUCH_KEY" in capsys.readouterr().out
