"""A file of responses scored by itself, from the command line."""

import json
from pathlib import Path

import pytest

from secondhalf.cli import main
from support import ifeval_needs

ifeval_needs.packages()

PROMPTS = [
    {"key": 1, "prompt": "Rain?", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]},
    {"key": 2, "prompt": "雨？", "instruction_id_list": ["ja:letters:kansuuji", "ja:punctuation:no_period"], "kwargs": [{}, {}]},
]  # fmt: skip
RESPONSES = [{"prompt": "雨？", "response": "三日。"}, {"key": 1, "response": "Rain\nYes, sir"}]


def _score(folder: Path, prompts: list, responses: list, *more: str) -> int:
    for name, rows in (("prompts", prompts), ("responses", responses)):
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        (folder / name).write_text("\n".join(lines), "utf-8")
    return main(["score", str(folder / "prompts"), str(folder / "responses"), *more])


def test_accuracies_and_verdicts(tmp_path: Path, capsys) -> None:
    assert _score(tmp_path, PROMPTS, RESPONSES, "--json") == 0
    scores = json.loads(capsys.readouterr().out)
    assert (scores["prompts"], scores["prompt_strict"], scores["prompt_loose"]) == (2, 0.0, 0.5)
    assert (scores["instruction_strict"], scores["instruction_loose"]) == (1 / 3, 2 / 3)
    assert scores["verdicts"]["1"] == [{"instruction": "punctuation:no_comma", "strict": False, "loose": True}]
    assert _score(tmp_path, PROMPTS, RESPONSES) == 0
    printed = capsys.readouterr().out
    assert "prompts, loose        0.5000" in printed
    assert "ja:letters:kansuuji           1       1      1" in printed


def test_null_follows_nothing(tmp_path: Path, capsys) -> None:
    assert _score(tmp_path, PROMPTS, [RESPONSES[0], {"key": 1, "response": None}], "--json") == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["verdicts"]["1"] == [{"instruction": "punctuation:no_comma", "strict": False, "loose": False}]
    assert (scores["instruction_strict"], scores["instruction_loose"]) == (1 / 3, 1 / 3)


@pytest.mark.parametrize(
    ("responses", "message"),
    [
        (RESPONSES[:1], "has no response for 1 prompts (the first has the key 1)"),
        ([*RESPONSES, RESPONSES[0]], "line 3: the prompt 2 has a response already"),
        ([{"key": 9, "response": ""}], "line 1: neither its key nor its prompt"),
        ([{"response": ""}], "line 1: neither its key nor its prompt"),
        ([{"key": 1}], "line 1: response is no text"),
        ([{"key": 1, "response": ["Rain"]}], "line 1: response is no text"),
        (["{"], "line 1 is no JSON"),
        (["[]"], "line 1 is no JSON object"),
    ],
)
def test_bad_responses_are_named(tmp_path: Path, capsys, responses: list, message: str) -> None:
    assert _score(tmp_path, PROMPTS, responses) == 2
    assert message in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named_as_the_command_knows_it(tmp_path: Path, capsys) -> None:
    assert main(["score", str(tmp_path / "none.jsonl"), str(tmp_path / "none.jsonl")]) == 2
    assert "cannot be read (No such file or directory): correct PROMPTS, the first" in capsys.readouterr().err


def test_an_unknown_instruction_is_named(tmp_path: Path, capsys) -> None:
    bad = {**PROMPTS[0], "key": 3, "instruction_id_list": ["punctuation:no_coma"]}
    assert _score(tmp_path, [*PROMPTS, bad], RESPONSES) == 2
    assert "prompts, line 3: the instruction 'punctuation:no_coma' is unknown" in capsys.readouterr().err
