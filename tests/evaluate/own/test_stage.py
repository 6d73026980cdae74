"""Your own prompts in a whole run, with a kind of check that is a function of yours."""

import json
from pathlib import Path

from secondhalf.cli import main
from secondhalf.store import Stage
from support.user_module import write_module

RECIPE = """\
name: checked
students: {{base: {student}}}
arms: {{one: {{student: base}}}}
evaluate:
  limit: 2
  max_tokens: 6
  others: 2
  own: {{checks: {{at_least: "my_kind:at_least"}}}}
  benchmarks: [{{name: own, path: with_kinds.jsonl, max_tokens: 6}}]
"""
KIND = """
    def at_least(answer, check):
        if check["characters"] < 0:
            raise ValueError("fewer than none")
        return len(answer) >= check["characters"]
    """


def _finished_stages(stage: str) -> list[Path]:
    return sorted(path.parent for path in Path("store", stage).glob("*/manifest.json"))


def test_a_function_decides_a_check(tmp_path: Path, student: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [
        {"id": f"{least}", "prompt": f"Say {least}.", "checks": [{"kind": "at_least", "characters": least}]}
        for least in (0, 5000, -1)
    ]
    Path("with_kinds.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    Path("r.yaml").write_text(RECIPE.format(student=student), "utf-8")
    assert main(["evaluate", "r.yaml"]) == 2
    assert "evaluate.own.checks: there is no module my_kind" in capsys.readouterr().err
    assert _finished_stages("answers") == []
    write_module(KIND, "my_kind")
    assert main(["evaluate", "r.yaml"]) == 0
    (folder,) = _finished_stages("benchmark")
    verdicts = Stage(folder).read("verdicts").to_pylist()
    mine = {row["id"]: (row["passed"], row["reason"]) for row in verdicts if row["check"] == "my_kind:at_least"}
    assert mine == {
        "0": (True, ""),
        "5000": (False, "the check at_least did not pass"),
        "-1": (False, "my_kind.at_least raised ValueError: fewer than none"),
    }
    guards = {row["id"] for row in verdicts if row["check"] in {"empty", "echo", "loop"} and not row["passed"]}
    scores = {row["id"]: row["value"] for row in Stage(folder).read().to_pylist()}
    assert scores == {"0": float("0" not in guards), "5000": 0.0, "-1": 0.0}
    # Another source scores the same answers again.
    answers = _finished_stages("answers")
    write_module(KIND + "# edited", "my_kind")
    assert main(["evaluate", "r.yaml"]) == 0
    assert _finished_stages("answers") == answers
    assert len(_finished_stages("benchmark")) == 2
    write_module("def at_least(answer, check): return answer.size", "my_kind")
    capsys.readouterr()
    assert main(["evaluate", "r.yaml"]) == 2
    assert "evaluate.own.checks: my_kind:at_least failed on every row" in capsys.readouterr().err
