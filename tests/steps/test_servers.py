"""A run whose server refuses for a while, breaks off, counts nothing or has words of its own: what a user sees, and what is asked again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from secondhalf.cli import main
from secondhalf.models.journal.row_checksums import add_checksums
from support.bad_server import BadServer
from support.recipes import LENGTH_ONLY, tiny_recipe

TEMPLATE = (400, {"object": "error", "message": "As of transformers v4.44, default chat template is no longer allowed"})
MONTHLY = (403, {"error": {"message": "Key limit exceeded (monthly limit)", "code": 403}})


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BadServer]:
    """A server, and r.yaml beside it: ten pairs, of which the first three are the pilot."""
    monkeypatch.chdir(tmp_path)
    texts = [
        f"The mill number {n} stood beside the river. " * 3 + "The miller went home late and said nothing. " * 3
        for n in range(10)
    ]
    Path("texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    with BadServer() as running:
        tiny_recipe(
            Path("r.yaml"),
            name="try",
            corpus={"reader": "jsonl", "path": "texts.jsonl", "sample": 10, "section_words": None},
            clean={**LENGTH_ONLY, "length": {"min_words": 10}},
            pilot={"pairs": 3, "max_rejected": 1.0, "max_unfinished": 1.0},
            teach={
                "model": "some-model",
                "sampling": None,
                "server": {"urls": [running.url], "backoff": 0.01, "attempts": 3},
            },
            # The server's replies repeat what they were asked to do.
            audit={"refuse_instructions": False},
            data={"original": None},
        )
        yield running


def _teach(capsys, *changes: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["teach", "r.yaml", *(part for change in changes for part in ("--set", change))])
    return code, capsys.readouterr().err


def _show(capsys, *arguments: str) -> str:
    capsys.readouterr()
    assert main(["show", "try", *arguments]) == 0
    return capsys.readouterr().out


def _funnel(capsys) -> dict:
    funnel = json.loads(_show(capsys, "--json"))["funnel"]
    return next(step for step in funnel if step["stage"] == "teach:taught")


@pytest.mark.parametrize(("refusal", "words"), [(TEMPLATE, "transformers v4.44"), (MONTHLY, "monthly limit")])
@pytest.mark.parametrize("after", [0, 6])
def test_a_passing_refusal_stops_with_the_servers_words_and_is_asked_again(
    server: BadServer, capsys, refusal, words, after
):
    server.script = lambda prompt, nth: "ok" if len(server.calls) < after else refusal
    code, message = _teach(capsys)
    assert code == 2
    assert words in message
    assert words in _show(capsys)
    assert words in _show(capsys, "teach")
    requests = len(server.calls)
    server.script = lambda prompt, nth: "ok"
    assert _teach(capsys)[0] == 0
    assert len(server.calls) == requests + 10 - after
    taught = _funnel(capsys)
    assert (taught["rows_in"], taught["rows"], taught["rejected"]) == (10, 10, 0)
    assert "stopped" not in _show(capsys)


def test_a_text_that_is_refused_is_a_reject_with_the_servers_words_and_is_not_asked_again(server: BadServer, capsys):
    server.script = lambda prompt, nth: (400, {"error": "no such word"}) if "number 4" in prompt else "ok"
    assert _teach(capsys)[0] == 0
    assert "1 x the server answered 400: no such word" in _show(capsys)
    assert "1 x the server answered 400: no such word" in _show(capsys, "teach")
    assert _funnel(capsys)["reasons"] == {"refused by the teacher, for its text": 1}
    requests = len(server.calls)
    assert _teach(capsys)[0] == 0
    assert len(server.calls) == requests


def test_what_a_server_failed_is_asked_again_part_by_part(server: BadServer, capsys, monkeypatch):
    monkeypatch.setattr("secondhalf.store.mapper.ROWS_PER_PART", 4)
    server.script = lambda prompt, nth: "500" if "number 4" in prompt else "ok"
    assert _teach(capsys)[0] == 2
    server.calls.clear()
    server.script = lambda prompt, nth: "ok"
    assert _teach(capsys)[0] == 0
    assert ["number 4" in prompt for prompt, _ in server.calls] == [True]
    assert _funnel(capsys)["rows"] == 10
    (stage,) = Path("store/teach").iterdir()
    ids = [row for path in sorted(stage.glob("part-*")) for row in pq.read_table(path).column("id").to_pylist()]
    assert ids == sorted(ids)
    assert len(ids) == 10


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        None,
        {"prompt_tokens": -9, "completion_tokens": 2**40},
    ],
)
def test_a_budget_holds_though_the_server_counts_nothing(server: BadServer, capsys, usage):
    reply = {
        "choices": [{"message": {"content": "and the wheel turned on. " * 8}, "finish_reason": "stop"}],
        "usage": usage,
    }
    server.script = lambda prompt, nth: (200, reply)
    one_by_one = ["pilot.pairs=0", "teach.server.max_in_flight=1"]  # what is in flight at the limit is paid for too
    code, message = _teach(capsys, "teach.budget.tokens=500", *one_by_one)
    assert code == 2
    assert "The budget is spent" in message
    assert 2 <= len(server.calls) <= 6
    Path("prices.yaml").write_text("- {model: some-model, prompt: 1000, response: 3000}\n")
    code, message = _teach(capsys, "teach.budget.dollars=0.4", "teach.prices=prices.yaml", *one_by_one)
    assert code == 2
    assert "dollars are gone" in message
    assert len(server.calls) < 10
    assert _teach(capsys)[0] == 0
    assert len(server.calls) == 10
    assert "calls with estimated tokens" in _show(capsys)
    assert _funnel(capsys)["asked"]["estimated"] == 10
    (manifest,) = Path("store/teach").glob("*/manifest.json")
    assert json.loads(manifest.read_text())["paid"]["teacher"]["estimated"] == 10


def test_an_unknown_finish_is_named_once_and_the_recipe_explains_it(server: BadServer, capsys):
    reply = {
        "choices": [{"message": {"content": "and the wheel turned on."}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 6},
    }
    server.script = lambda prompt, nth: (200, reply)
    code, message = _teach(capsys)
    assert code == 0
    assert message.count("server.finish: {unknown: ended}") == 1
    explained = ["teach.server.finish={unknown: ended}", "name=explained"]
    assert main(["audit", "r.yaml", *(part for change in explained for part in ("--set", change))]) == 0
    assert len(server.calls) == 10  # the journal has them all
    links = json.loads(Path("runs/explained/stages.json").read_text())
    part = Path("store", links["teach:taught"]["stage"], "part-00000.parquet")
    assert set(pq.read_table(part).column("finish").to_pylist()) == {"stop"}


@pytest.mark.parametrize("fault", ["choice error", "html"])
def test_what_broke_off_is_no_answer(server: BadServer, capsys, fault):
    server.script = lambda prompt, nth: fault if nth == 0 and "number 3" in prompt else "ok"
    assert _teach(capsys)[0] == 0
    assert len(server.calls) == 11
    assert _funnel(capsys)["rows"] == 10


def _make_old(finish: str) -> None:
    """Makes journal and stages hold what an earlier release would have kept: a reply that an upstream cut off."""
    import sqlite3

    with sqlite3.connect("store/journal.sqlite") as db:
        db.execute("UPDATE replies SET finish = ?, checksum = '' WHERE messages LIKE '%number 3%'", [finish])
        add_checksums(db)
    db.close()
    for path in Path("store/teach").glob("*/part-*.parquet"):
        table = pq.read_table(path)
        finishes = [finish if "number 3" in prompt else "stop" for prompt in table.column("prompt").to_pylist()]
        index = table.column_names.index("finish")
        pq.write_table(table.set_column(index, table.schema.field("finish"), [finishes]), path)
        manifest = json.loads(path.with_name("manifest.json").read_text("utf-8"))
        without = {name: value for name, value in manifest.items() if name not in {"checksum", "checksums"}}
        path.with_name("manifest.json").write_text(json.dumps(without), "utf-8")


def test_a_journal_that_holds_failures_is_healed(server: BadServer, capsys):
    assert main(["audit", "r.yaml"]) == 0
    capsys.readouterr()
    assert main(["journal", "--heal", "--yes"]) == 0
    assert "hold no failures" in capsys.readouterr().out
    _make_old("error")
    assert main(["journal", "--heal"]) == 0
    printed = capsys.readouterr().out
    assert "Would be removed: 1 replies that a failure cut off, and 2 stages" in printed
    assert "audit/" in printed
    assert main(["journal", "--heal", "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["replies"] == 1
    assert main(["audit", "r.yaml"]) == 0
    assert len(server.calls) == 11
    assert _funnel(capsys)["rows"] == 10


def test_failures_in_an_old_journal_are_never_used_and_give_way_to_the_answer(server: BadServer, capsys):
    assert _teach(capsys)[0] == 0
    _make_old("Error")
    assert _teach(capsys, "name=other", "teach.choose=random", "teach.replies=1", "audit.keep_unfinished=true")[0] == 0
    assert len(server.calls) == 11
    assert _teach(capsys, "name=third", "teach.choose=student")[0] == 0
    assert len(server.calls) == 11
