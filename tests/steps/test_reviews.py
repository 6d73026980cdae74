"""People's decisions, carried through a run: what they decide is made anew, and nothing else."""

import json
from pathlib import Path

from secondhalf.api import load, run
from secondhalf.audit.reviews import judged_hash
from secondhalf.rows import Pair, from_table
from secondhalf.runs import Label
from support.recipes import tiny_recipe


def test_decisions_decide_the_audit(tmp_path: Path):
    recipe = tiny_recipe(tmp_path / "tiny.yaml")
    places = {"runs": tmp_path / "runs", "store": tmp_path / "store"}
    before = run(load(recipe), until="audit", **places)
    taught = from_table(Pair, before.stage(Label("teach", data="taught")).read())
    kept = from_table(Pair, before.stage(Label("audit", data="taught")).read())
    rejected, edited = kept[0], kept[1]
    words = edited.response + " And so it went on until the evening came."
    rows = [
        {
            "number": number,
            "id": pair.id,
            "reviewer": "aki",
            "action": action,
            "text": text,
            "seen": judged_hash(pair.prompt, pair.response),
        }
        for number, (pair, action, text) in enumerate([(rejected, "reject", ""), (edited, "edit", words)], 1)
    ]
    reviews = tmp_path / "reviews.jsonl"
    reviews.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    after = run(load(recipe, name="second", **{"audit.reviews": str(reviews)}), until="audit", **places)
    assert after.stage(Label("teach", data="taught")).key == before.stage(Label("teach", data="taught")).key
    assert after.stage(Label("audit", data="taught")).key != before.stage(Label("audit", data="taught")).key
    now = {pair.id: pair for pair in from_table(Pair, after.stage(Label("audit", data="taught")).read())}
    assert rejected.id not in now
    assert now[edited.id].response == words
    assert len(now) == len(kept) - 1
    # The control mirrors what was accepted, and no decision on other texts touches it.
    control = after.stage(Label("audit", data="original"))
    assert {row["id"] for row in control.read().to_pylist()} == set(now)
    assert not [row for row in control.read("verdicts").to_pylist() if row["check"] == "review"]
    assert len(taught) == after.stage(Label("audit", data="taught")).manifest["rows_in"]
    # The same ids in other words are other rows to whoever trains on them.
    rows[1]["text"] = words + " Then it was over."
    reviews.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    third = run(load(recipe, name="third", **{"audit.reviews": str(reviews)}), until="audit", **places)
    audits = [one.stage(Label("audit", data="taught")) for one in (after, third)]
    assert audits[0].rows_identity != audits[1].rows_identity
