"""A judge of contradictions on a server of its own, asked once for each pair that passes the other checks."""

from pathlib import Path

import secondhalf
from secondhalf.runs import Label
from support.judge_server import judge
from support.recipes import tiny_recipe


def test_a_judge_refuses_pairs_and_is_asked_once(tmp_path: Path) -> None:
    def reply(messages: list[dict[str, str]]) -> str:
        text = messages[-1]["content"]
        return "Yes." if "statement" in text.partition("Its continuation")[0] else "No."

    with judge(reply) as server:
        contradiction = {"model": "judge", "server": {"urls": [server.url]}}
        path = tiny_recipe(
            tmp_path / "tiny.yaml", data={"original": None}, audit={"contradiction": contradiction, "max_loops": 1.0}
        )

        def audit(name: str, **changes: object) -> dict[str, object]:
            recipe = secondhalf.load(path, name=name, **changes)
            run = secondhalf.run(recipe, until="audit", runs=tmp_path / "runs", store=tmp_path / "store")
            results = secondhalf.Results(run)
            rejects = results.table("audit:taught", "rejects").to_pylist()
            verdicts = results.table("audit:taught", "verdicts").to_pylist()
            judged = {row["id"] for row in verdicts if row["check"] == "contradiction"}
            contradicting = {row["id"] for row in rejects if row["check"] == "contradiction"}
            assert {row["id"] for row in rejects} - contradicting == {row["id"] for row in rejects} - judged
            assert {row["id"] for row in rejects if "statement" in row["prompt"]} >= contradicting > set()
            return dict(run.stages()[Label("audit", data="taught")].manifest) | {"judged": len(judged)}

        first = audit("one")
        assert first["model_calls"] == first["judged"] == len(server.requests) > 0
        assert first["paid"]["contradiction"]["calls"] == first["judged"]
        assert (first["prompt_tokens"], first["response_tokens"]) == (7 * first["judged"], 3 * first["judged"])
        again = audit("two", **{"audit.memorised_words": 16})  # another stage: its questions are in the journal
        assert (again["judged"], len(server.requests)) == (first["judged"], first["judged"])
        assert again["paid"]["contradiction"]["calls"] == 0


def test_a_judge_of_instructions_is_asked_first_and_its_cost_stands_apart(tmp_path: Path) -> None:
    def reply(messages: list[dict[str, str]]) -> str:
        text = messages[-1]["content"]
        return "はい" if "passages" in text and "statement" in text else "No."

    with judge(reply) as server:
        both = {
            name: {"model": name, "server": {"urls": [server.url]}} for name in ("instruction_judge", "contradiction")
        }
        path = tiny_recipe(tmp_path / "tiny.yaml", data={"original": None}, audit={**both, "max_loops": 1.0})
        run = secondhalf.run(secondhalf.load(path), until="audit", runs=tmp_path / "runs", store=tmp_path / "store")
        results = secondhalf.Results(run)
        rejects = results.table("audit:taught", "rejects").to_pylist()
        refused = {row["id"] for row in rejects if row["check"] == "instruction_judge"}
        asked = {name: sum(body["model"] == name for body in server.requests) for name in both}
        manifest = run.stages()[Label("audit", data="taught")].manifest
        assert refused
        assert asked["contradiction"] == asked["instruction_judge"] - len(refused) > 0
        assert {name: account["calls"] for name, account in manifest["paid"].items()} == asked
        assert manifest["model_calls"] == sum(asked.values()) == len(server.requests)
