"""Models in an audit: judges on a server of their own, asked once for each pair that passes the other checks, and an encoder."""

import json
from pathlib import Path

import secondhalf
from secondhalf.runs import Label
from support.encoder import LETTERS, write_encoder
from support.judge_server import judge
from support.recipes import LENGTH_ONLY, tiny_recipe


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


REPHRASED = "Of the whole country name the longest river that bears a bridge, and the oldest."
PROMPT = "Name the oldest, and the longest river of the whole country that bears a bridge."


def test_an_evaluated_prompt_in_other_words_is_refused_with_its_place(tmp_path: Path) -> None:
    """A whole run to the audit: the encoder does not see the order of words, and no check of words sees through it."""
    prompts = tmp_path / "own.jsonl"
    prompts.write_text(json.dumps({"id": "river", "prompt": PROMPT, "reference": "None."}) + "\n")
    texts = [
        " ".join(f"The {n}th bridge stood for {m * n + 7} years before the water took it." for m in range(12))
        for n in range(30)
    ]
    texts[3] = f"It was late when she spoke to him. {REPHRASED} " + texts[3]
    corpus = tmp_path / "texts.jsonl"
    corpus.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    model = write_encoder(tmp_path / "encoder", LETTERS)

    def audit(name: str, **changes: object) -> secondhalf.Results:
        path = tiny_recipe(
            tmp_path / f"{name}.yaml", name=name, corpus={"reader": "jsonl", "path": str(corpus)}, clean=LENGTH_ONLY,
            data={"original": None}, split={"max_prompt_words": 60},
            evaluate={"benchmarks": [{"name": "own", "path": str(prompts)}]},
            audit={"max_loops": 1.0, "refuse_instructions": False, **changes},
        )  # fmt: skip
        run = secondhalf.run(secondhalf.load(path), until="audit", runs=tmp_path / "runs", store=tmp_path / "store")
        return secondhalf.Results(run)

    plain = audit("plain").table("audit:taught", "rejects").to_pylist()
    assert not any("river" in row["reason"] for row in plain)
    results = audit("rephrasings", rephrasings={"model": str(model), "similarity": 0.9999})
    [refused] = [row for row in results.table("audit:taught", "rejects").to_pylist() if row["check"] == "rephrasing"]
    assert refused["reason"] == "holds an evaluation prompt in other words: own river (prompt), in the prompt"
    verdicts = [row for row in results.table("audit:taught", "verdicts").to_pylist() if row["check"] == "rephrasing"]
    [verdict] = [row for row in verdicts if not row["passed"]]
    assert refused["prompt"][verdict["start"] : verdict["end"]].strip() == REPHRASED
    assert len(verdicts) > 20
