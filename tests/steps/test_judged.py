"""Benchmarks with judges in a whole run: asked once, graded by a jury, compared in pairs, told on the page."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from secondhalf.cli import main
from secondhalf.store import Stage
from support.judge_server import judge
from support.runs import links

RECIPE = """\
name: judged
students: {{base: {student}}}
arms:
  one: {{student: base}}
  two: {{student: base, train: {{template: one_shot}}, compare_to: [one]}}
evaluate:
  limit: 2
  safety: {{enabled: true, limit: 2}}
  max_tokens: 6
  others: 2
  judging:
    labelled: labelled.jsonl
    judges:
      - {{model: strict, server: {{urls: ["{strict}"]}}}}
      - {{model: kind, server: {{urls: ["{kind}"]}}}}
  benchmarks:
    - {{name: mt_bench, path: mt.jsonl, references: references.jsonl, max_tokens: 6}}
    - {{name: alpaca_eval, path: alpaca.json, difficulty: difficulty.csv, max_tokens: 6}}
    - {{name: own, path: mine.jsonl, max_tokens: 6}}
    - {{name: arena_hard, path: arena.jsonl, baseline: "{baseline}", max_tokens: 6}}
report: {{samples: 1}}
"""
CATEGORIES = ("writing", "math", "coding", "stem")


def _files() -> None:
    questions = [
        {"question_id": n, "category": c, "turns": [f"First {c}?", f"Then {c}?"]} for n, c in enumerate(CATEGORIES, 81)
    ]
    references = [{"question_id": n, "choices": [{"turns": ["One.", "Two."]}]} for n in (82, 83)]
    arena = [{"uid": f"u{n}", "cluster": f"topic {n % 2}", "prompt": f"Question {n}?"} for n in range(4)]
    labelled = [{"prompt": f"Is {n} odd?", "better": "Yes.", "worse": "No."} for n in (1, 3, 5)]
    alpaca = [
        {"instruction": f"Tell me of {n}.", "output": f"It is {n}.", "dataset": "made up"}
        for n in ("rain", "tea", "ink")
    ]
    Path("alpaca.json").write_text(json.dumps(alpaca), "utf-8")
    Path("difficulty.csv").write_text(",instruction_difficulty\n0,0.5\n1,-0.5\n2,1.5\n", "utf-8")
    mine = [
        {"id": "a", "prompt": "Say yes.", "rubric": "It says yes.", "reference": "Yes.", "category": "short"},
        {"id": "b", "prompt": "「はい」と言ってください。", "rubric": "「はい」と言っている。", "category": "short"},
        {
            "id": "c",
            "prompt": "Say no more.",
            "checks": [{"kind": "length", "unit": "words", "max": 3}],
            "category": "checked",
        },
        {"id": "d", "prompt": "What is 2 + 2?", "reference": "4"},
    ]
    for name, rows in (
        ("mine", mine),
        ("mt", questions),
        ("references", references),
        ("arena", arena),
        ("labelled", labelled),
    ):
        Path(f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def _says(grade: int) -> Any:
    def says(messages: list[dict[str, str]]) -> str:
        text = messages[-1]["content"]
        if "Best Model Identifier" in text:
            return "M"
        if "Assistant B" in text:
            return "A's is better, I think: [[A>B]]"  # whichever stands first
        if "First stem?" in text and "### User" not in text:
            return "I would rather not say."
        return f"Fair enough. Rating: [[{grade}]]"

    return says


ON_THE_PAGE = [
    "MT-Bench score",
    "Arena-Hard win rate",
    "AlpacaEval win rate, length set aside",
    "Broken answers to harmful requests",
    "it may not be set beside the leaderboard",
    "wider than the leaderboard’s",
    "counts tokens of gpt-3.5-turbo",
    "does not tell better answers from worse ones",
    "flips when the answers change places",
    "your prompts, judged",
]


def test_from_recipe_to_page(tmp_path: Path, student: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    _files()
    with judge(_says(4)) as strict, judge(_says(9)) as kind:
        recipe = RECIPE.format(student=student, strict=strict.url, kind=kind.url, baseline="arm:one")
        Path("r.yaml").write_text(recipe, "utf-8")
        assert main(["run", "r.yaml"]) == 0
        # 3 pairs of known order both ways; 4 questions of two turns for each of two arms; 4 prompts in two orders for the
        # arm that is no baseline; 2 rubrics; 3 instructions
        # in two orders for both.
        expected = 6 + 2 * 8 + 8 + 2 * 2 + 2 * 6
        assert len(strict.requests) == len(kind.requests) == expected
        graded = Stage(Path("store") / links(Path("runs/judged"))["benchmark:mt_bench:two"])
        values = {(row["id"], row["figure"]): row["value"] for row in graded.read().to_pylist()}
        assert values["81", "mt_bench.score"] == 6.5  # the mean of both judges and both turns
        assert ("84", "mt_bench.score") not in values  # nobody could read a grade of its first turn
        assert values["84", "mt_bench.turn_2"] == 6.5
        manifest = graded.manifest
        assert (manifest["judged"], manifest["read"]) == (8, {"strict": 7, "kind": 7})
        assert manifest["paid"]["judge strict"]["calls"] == 8
        shown = [body for body in strict.requests if "### Reference answer" in body["messages"][-1]["content"]]
        assert len(shown) == 2 * 2  # the second turns of math and coding, of both arms
        assert all(body["temperature"] == 0 and body["max_tokens"] == 2048 for body in strict.requests)
        against = Stage(Path("store") / links(Path("runs/judged"))["benchmark:arena_hard:two"])
        assert "benchmark:arena_hard:one" not in links(Path("runs/judged"))
        # The judges favour the first answer: each game is lost by the one that stands second, so nothing is won.
        assert {row["value"] for row in against.read().to_pylist()} == {0.5}
        page = Path("runs/judged/report/index.html").read_text("utf-8")
        two = {
            f["name"]: f
            for f in json.loads(Path("runs/judged/report/facts.json").read_text("utf-8"))["arms"][1]["figures"]
        }
        # Every game is won by the one that stands second, so each side wins one of two.
        assert two["alpaca_eval.win"]["mean"] == two["arena_hard.rated"]["mean"] == 0.5
        assert two["alpaca_eval.controlled"]["mean"] == pytest.approx(0.5, abs=0.01)
        assert two["alpaca_eval.controlled_difficulty"]["mean"] == pytest.approx(0.5, abs=0.01)
        account = json.loads(Path("runs/judged/report/facts.json").read_text("utf-8"))["judges"][0]
        assert (account["judge"], account["items"], account["read"]) == ("strict", 3, pytest.approx(38 / 40))
        assert [account[name]["mean"] for name in ("right", "flips", "first")] == [0.5, 1, 1]
        assert account["agree"]["kind"]["mean"] == 1
        assert (account["warnings"], account["family"]) == (["blind", "flips"], "")
        own = Stage(Path("store") / links(Path("runs/judged"))["benchmark:own:two"])
        values = {(row["id"], row["figure"]): row["value"] for row in own.read().to_pylist()}
        assert {id: value for (id, figure), value in values.items() if figure == "own.judged"} == {"a": 6.5, "b": 6.5}
        assert {id for id, figure in values if figure == "own.checks"} == {"c"}
        assert {id for id, figure in values if figure == "own.reference"} == {"a", "d"}
        assert [words for words in ON_THE_PAGE if words.lower() not in page.lower()] == []
        # Another judge asks for judgments and for no answer.
        answers = sorted(Path("store/answers").rglob("manifest.json"))
        Path("r.yaml").write_text(re.sub(r"      - \{model: kind.*\n", "", recipe), "utf-8")
        assert main(["run", "r.yaml"]) == 0
        assert sorted(Path("store/answers").rglob("manifest.json")) == answers
        assert len(strict.requests) == expected  # all from the journal


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("path: mt.jsonl, references: references.jsonl", "path: mt.jsonl", "references: mt_bench's judge is shown"),
        ('baseline: "arm:one", ', "", "baseline: arena_hard compares with answers"),
        ('"arm:one"', '"arm:three"', "there is no such arm"),
        ("  judging:", "  judgin:", "did you mean judging"),
        ("mine.jsonl", "unchecked.jsonl", "the check kind 'lenght' is unknown"),
        ('"arm:one"', '"theirs.jsonl"', "theirs.jsonl has no answer to 3 of 4 prompts, such as u1"),
    ],
)
def test_faults_are_named_before_anything_is_asked(
    old: str, new: str, message: str, tmp_path: Path, student: Path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    _files()
    Path("theirs.jsonl").write_text('{"uid": "u0", "response": "Mine."}\n', "utf-8")
    row = {"prompt": "Say.", "checks": [{"kind": "lenght"}]}
    Path("unchecked.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    recipe = RECIPE.format(
        student=student, strict="http://127.0.0.1:9/v1", kind="http://127.0.0.1:9/v1", baseline="arm:one"
    )
    assert old in recipe
    Path("r.yaml").write_text(recipe.replace(old, new), "utf-8")
    assert main(["run", "r.yaml"]) == 2
    assert message in capsys.readouterr().err
    assert not list(Path().glob("store/*/*/manifest.json"))


def test_doctor_counts_the_questions_to_a_judge(tmp_path: Path, student: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    _files()
    server = "http://127.0.0.1:9/v1"
    Path("r.yaml").write_text(RECIPE.format(student=student, strict=server, kind=server, baseline="arm:one"), "utf-8")
    main(["doctor", "r.yaml", "--json"])
    findings = {one["what"]: one["found"] for one in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["benchmark mt_bench"] == "4 prompts, 8 questions to each judge for each model that answers"
    assert findings["benchmark own"] == "4 prompts, 2 questions to each judge for each model that answers"
    assert findings["benchmark arena_hard"].startswith("4 prompts, 8 questions")
