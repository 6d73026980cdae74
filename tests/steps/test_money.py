"""Money as a user meets it: an estimate before, a limit that can be raised, an account after."""

import json
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.models.engines.dummy import Dummy
from support.recipes import LENGTH_ONLY, tiny_recipe


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("prices.yaml").write_text("- {model: dummy, prompt: 10, response: 1000}\n")
    return tiny_recipe(
        tmp_path / "r.yaml",
        name="try",
        corpus={"sample": 120, "section_words": 200},
        clean={"length": {"min_words": 60}, **LENGTH_ONLY},
        split=None,
        teach={"sampling": None, "prices": "prices.yaml"},
    )


def _json(capsys, *arguments: str) -> dict:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def _manifest(name: str = "try") -> dict:
    stage = json.loads(Path("runs", name, "stages.json").read_text())["teach:taught"]["stage"]
    return json.loads(Path("store", stage, "manifest.json").read_text())


def test_an_estimate_asks_nobody_and_counts_what_is_there(recipe: Path, capsys, monkeypatch):
    monkeypatch.setattr(Dummy, "generate", lambda *_: pytest.fail("a model was asked"))
    (before,) = _json(capsys, "teach", "r.yaml", "--dry-run")["estimates"]
    assert before["pairs"] == before["calls"] > 50
    assert before["from_journal"] == 0
    assert before["dollars"] == pytest.approx((10 * before["prompt_tokens"] + 1000 * before["response_tokens"]) / 1e6)
    assert before["most_dollars"] > before["dollars"]
    monkeypatch.undo()
    monkeypatch.chdir(recipe.parent)
    assert main(["teach", "r.yaml"]) == 0
    (after,) = _json(capsys, "teach", "r.yaml", "--dry-run", "--set", "name=again")["estimates"]
    assert after["from_journal"] == after["calls"] == before["calls"]
    assert after["dollars"] == 0
    # What the journal knows of a model's habits is used for prompts that it does not have.
    other = "teach.continue_text=Go on with this text, please, in the very same manner. {text}"
    (new,) = _json(capsys, "teach", "r.yaml", "--dry-run", "--set", "name=other", "--set", other)["estimates"]
    manifest = _manifest()
    assert new["from_journal"] == 0
    assert "as the journal's replies" in new["how"]
    assert new["prompt_tokens"] == pytest.approx(manifest["prompt_tokens"], rel=0.15)
    assert new["response_tokens"] == pytest.approx(manifest["response_tokens"], rel=0.05)


def test_a_doctors_sample_stands_for_the_whole(recipe: Path, capsys):
    (whole,) = _json(capsys, "teach", "r.yaml", "--dry-run", "--set", "corpus.sample=400")["estimates"]
    (guess,) = _json(capsys, "doctor", "r.yaml", "--set", "corpus.sample=400")["estimates"]
    assert guess["calls"] == pytest.approx(whole["calls"], rel=0.2)
    assert guess["prompt_tokens"] == pytest.approx(whole["prompt_tokens"], rel=0.25)
    assert not list(Path("store").glob("split/*"))[1:]  # the doctor's own sample leaves nothing behind


def test_japanese_has_a_token_to_a_character(recipe: Path, capsys):
    texts = [
        "朝の市場には、山で採れた茸や、夜明け前に水揚げされたばかりの魚が所狭しと並びます。店の主人は客の顔を見るなり、"
        "今日はどれが一番うまいかを大きな声で教えてくれました。私は迷ったすえに小さな籠をひとつ買い、坂の上の家まで急いで"
        "持ち帰りました。台所では祖母が湯を沸かしながら、窓の外に広がる入り江を静かに眺めていたのです。",
        "古い水車小屋の裏手には、誰も使わなくなった石橋が今も残っています。子どもたちは夏になると欄干に腰かけ、流れてくる"
        "木の葉の数を競って遊んだものでした。けれども秋の大雨で道が崩れてからは、村から訪ねる人もほとんどいなくなりました。"
        "去年の冬、測量に来た若い技師だけが、凍った川面に映る月の美しさを手紙に書き残しています。",
    ]
    Path("ja.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    arguments = ["--set", "corpus={reader: jsonl, path: ja.jsonl, sample: 9}", "--set", "clean.language.allowed=[ja]"]
    (row,) = _json(capsys, "teach", "r.yaml", "--dry-run", "--set", "name=ja", *arguments)["estimates"]
    assert row["calls"] == 2
    assert 100 < row["prompt_tokens"] / row["calls"] < 200


def test_a_judge_is_estimated_too(recipe: Path, capsys):
    options = ["--set", "teach.replies=3", "--set", "teach.choose=judge", "--set", "teach.judge={model: dummy}"]
    teacher, judge = _json(capsys, "teach", "r.yaml", "--dry-run", *options)["estimates"]
    assert teacher["calls"] == 3 * teacher["pairs"]
    assert judge["calls"] == 2 * judge["pairs"]
    assert judge["prompt_tokens"] > teacher["prompt_tokens"]


def test_a_budget_stops_at_its_limit_and_goes_on_when_it_is_raised(recipe: Path, capsys):
    limit = ["--set", "teach.budget.dollars=0.5", "--set", "pilot.pairs=0"]
    (row,) = _json(capsys, "teach", "r.yaml", "--dry-run", *limit)["estimates"]
    assert "stops at about" in row["budget"]
    assert main(["teach", "r.yaml", *limit]) == 2
    assert "raise teach.budget.dollars" in capsys.readouterr().err
    paid = _json(capsys, "journal")["models"][0]
    # 0.03 dollars a reply: what was in flight at the limit is paid for too.
    cost = (10 * paid["prompt_tokens"] + 1000 * paid["response_tokens"]) / 1e6
    assert 0.5 <= cost < 0.5 + 4 * 0.045
    assert main(["teach", "r.yaml", *limit]) == 2
    assert _json(capsys, "journal")["models"][0]["replies"] == paid["replies"]
    assert main(["teach", "r.yaml", "--set", "teach.budget.dollars=50"]) == 0
    manifest = _manifest()
    assert manifest["paid"]["teacher"]["calls"] == manifest["model_calls"]
    assert manifest["paid"]["teacher"]["dollars"] == pytest.approx(
        (10 * manifest["prompt_tokens"] + 1000 * manifest["response_tokens"]) / 1e6
    )


def test_the_account_tells_what_the_journal_had(recipe: Path, capsys):
    assert main(["teach", "r.yaml"]) == 0
    first = _json(capsys, "show", "try")["funnel"]
    account = next(step["asked"] for step in first if step["stage"] == "teach:taught")
    assert account["from_journal"] == 0
    assert account["dollars"] > 0
    assert (
        main(
            [
                "teach",
                "r.yaml",
                "--set",
                "name=more",
                "--set",
                "split.max_prompt_words=400",
                "--set",
                "corpus.sample=200",
            ]
        )
        == 0
    )
    funnel = _json(capsys, "show", "more")["funnel"]
    again = next(step["asked"] for step in funnel if step["stage"] == "teach:taught")
    assert 0 < again["from_journal"] < again["calls"]
    capsys.readouterr()
    assert main(["show", "more"]) == 0
    assert "in the journal" in capsys.readouterr().out


def test_the_journal_can_be_replayed(recipe: Path, capsys):
    assert main(["audit", "r.yaml"]) == 0
    assert main(["journal", "--export", "all.jsonl"]) == 0
    assert main(["journal", "--export", "all.jsonl"]) == 2
    replayed = ["--set", "name=replayed", "--set", "teach.model=replay:all.jsonl"]
    assert main(["audit", "r.yaml", *replayed, "--store", "elsewhere"]) == 0
    first, second = (json.loads(Path("runs", run, "stages.json").read_text()) for run in ("try", "replayed"))
    import pyarrow.parquet as pq

    one, two = (
        pq.read_table(Path(store, links["teach:taught"]["stage"], "part-00000.parquet")).drop(["teacher"])
        for store, links in (("store", first), ("elsewhere", second))
    )
    assert one.num_rows > 50
    assert one.equals(two)
    lines = Path("all.jsonl").read_text().splitlines(keepends=True)
    Path("some.jsonl").write_text("".join(lines[:-5]))
    few = ["--set", "name=few", "--set", "teach.model=replay:some.jsonl"]
    assert main(["teach", "r.yaml", *few]) == 0
    capsys.readouterr()
    assert main(["show", "few", "teach"]) == 0
    printed = capsys.readouterr().out
    assert "5 refused by the teacher" in printed


def test_the_journal_is_listed_and_pruned_by_an_explicit_selection(recipe: Path, capsys):
    assert main(["journal"]) == 2
    assert "There is no journal" in capsys.readouterr().err
    assert main(["teach", "r.yaml"]) == 0
    (held,) = _json(capsys, "journal")["models"]
    assert (held["model"], held["known_as"]) == ("dummy", ["dummy"])
    assert main(["journal", "--prune"]) == 2
    assert "say which" in capsys.readouterr().err
    assert main(["journal", "--prune", "--model", "gpt"]) == 2
    assert "no model begins" in capsys.readouterr().err
    assert main(["journal", "--prune", "--older-than", "soon"]) == 2
    assert _json(capsys, "journal", "--prune", "--model", "dum")["removed"] == 0
    assert _json(capsys, "journal", "--prune", "--older-than", "1d", "--yes")["removed"] == 0
    assert _json(capsys, "journal", "--prune", "--model", "dum", "--yes")["removed"] == held["replies"]
    assert _json(capsys, "journal")["models"] == []


def test_a_pilot_can_be_too_dear(recipe: Path, capsys):
    assert main(["teach", "r.yaml", "--set", "pilot.pairs=10", "--set", "pilot.max_dollars=0.1"]) == 2
    assert "pilot.max_dollars" in capsys.readouterr().err
