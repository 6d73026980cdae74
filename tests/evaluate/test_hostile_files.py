"""Files of prompts, answers, labels and checks that strangers wrote: read, or one sentence that names the file and the mend."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.commands.score import score
from secondhalf.errors import UserError
from secondhalf.evaluate.alpaca_eval.prompts import load_alpaca_eval
from secondhalf.evaluate.answers_file import load_answers
from secondhalf.evaluate.arena_hard.prompts import load_arena_hard
from secondhalf.evaluate.benchmark import BenchmarkFiles
from secondhalf.evaluate.everyday.checks.kinds import KINDS
from secondhalf.evaluate.ifeval.instructions import ENGLISH, IFBENCH, JAPANESE
from secondhalf.evaluate.ifeval.prompts import load_ifeval
from secondhalf.evaluate.ifeval.score import verify_instructions
from secondhalf.evaluate.judge_check.labelled import load_labelled
from secondhalf.evaluate.mt_bench.prompts import load_mt_bench
from secondhalf.evaluate.own.prompts import OwnPrompt, load_own
from secondhalf.evaluate.own.stage import verify_checks
from secondhalf.evaluate.safety.published_sets import load_published
from secondhalf.models.engines.replay import Replay

VALUES = [
    "null", "true", "0", "-1", "1.5", "7.0", "1e308", "1e999", "-1e999", "NaN", "Infinity", "9" * 20, "9" * 5000, '""', '" "', '"a"', '"x\\n"',
    '"\\u0000"', '"\\ud800"', '"\\u202e\\u001b[2J"', "[]", "[[]]", '["a"]', '["a", "b"]', "[1]", "[null]", "{}", '{"a": 1}', '{"a": 1, "a": 2}',
    '{"content": []}', "[" * 60 + "]" * 60, '[{"kind": "length"}]', '[{"kind": ["length"]}]', '[{"content": 1}]', '"' + "x" * 5000 + '"',
    "[" * 5000, "{", "'a'", "~", str(2**62), '"7#again"', '"2001-99-99"', "4611686018427387904.0",
]  # fmt: skip
PROMPTS = [OwnPrompt("1", "p", "en")]
LOADERS: dict[str, tuple[Callable[[Path], object], dict[str, Any]]] = {
    "own": (
        lambda path: verify_checks(load_own(path), {}),
        {"id": 1, "prompt": "p", "language": "en", "category": "c", "checks": [{"kind": "sentences", "min": 1}], "reference": "r", "rubric": "r"},
    ),
    "ifeval": (
        lambda path: verify_instructions(load_ifeval(path)),
        {"key": 1, "prompt": "p", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]},
    ),
    "arena_hard": (load_arena_hard, {"question_id": "1", "turns": [{"content": "q"}], "cluster": "c", "prompt": "p"}),
    "alpaca_eval": (load_alpaca_eval, {"instruction": "i", "output": "o", "dataset": "d"}),
    "mt_bench": (
        lambda path: load_mt_bench(BenchmarkFiles(path, references=path)),
        {"question_id": 1, "category": "writing", "turns": ["a", "b"], "reference": ["a", "b"], "choices": [{"turns": ["a", "b"]}]},
    ),
    "labelled": (load_labelled, {"id": 1, "prompt": "p", "better": "b", "worse": "w", "language": "en"}),
    "answers": (
        lambda path: load_answers(path, PROMPTS),
        {"question_id": "1", "choices": [{"turns": [{"content": "a"}]}], "messages": [{"content": "a"}], "output": "o", "instruction": "p"},
    ),
    "replay": (Replay, {"id": "a", "prompt": "p", "response": "r", "finish": "stop", "prompt_tokens": 1, "response_tokens": 1}),
    "published": (load_published, {"prompt": {"text": "t"}}),
    "score": (lambda path: score(path, path), {"key": 1, "prompt": "p", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}], "response": "r"}),
}  # fmt: skip


def _sentence(load: Callable[[Path], object], path: Path) -> str:
    start, refused = time.process_time(), ""
    try:
        load(path)
    except UserError as error:
        refused = str(error)
        assert refused.rstrip("?").endswith(".") or refused.endswith("?"), refused
        assert len(refused) < 1000
    assert time.process_time() - start < 2
    return refused


@pytest.mark.parametrize("name", LOADERS)
def test_any_value_in_any_field(name: str, tmp_path: Path) -> None:
    load, row = LOADERS[name]
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row), "utf-8")
    _sentence(load, path)
    for field in row:
        for value in VALUES:
            parts = [f"{json.dumps(one)}: {value if one == field else json.dumps(good)}" for one, good in row.items()]
            path.write_text("{" + ", ".join(parts) + "}\n", "utf-8")
            _sentence(load, path)


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n", b"[]", b"{}", b"[1]", b"[[]]", b"null", b"\xff\xfe{", b"\xef\xbb\xbf", b"\x00" * 100, b"{" * 100_000, b"[" * 100_000,
        b'{"a": ' * 100_000, b"[{}," * 100_000, b'"' * 100_000, b"\r" * 1000, b"{}\r{}\r", b"PAR1PAR1", b"x" * 3_000_000,
        b'{"id": 1, "id": 2}', b"\n" * 300_000,
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_a_sentence(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    refused = _sentence(LOADERS[name][0], path)
    assert name == "replay" or "rows.jsonl" in refused


@pytest.mark.parametrize("path", ["/dev/zero", "."])
def test_what_has_no_end_is_not_read_to_it(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secondhalf.text.json_lines.MOST_BYTES", 10_000)
    with pytest.raises(UserError, match=r"larger than|cannot be read"):
        load_own(Path(path))


ARGUMENTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=300)
@given(
    kind=st.sampled_from([*KINDS, "no such", "", 1, None, ["length"]]),
    arguments=st.dictionaries(
        st.sampled_from(
            [
                "unit",
                "min",
                "max",
                "of",
                "text_of",
                "any",
                "all",
                "least",
                "words",
                "language",
                "form",
                "keys",
                "text",
                "",
            ]
        ),
        ARGUMENTS | st.sampled_from(["words", "items", "text", "json", ["a"], 1]),
        max_size=4,
    ),
)
def test_any_definition_of_a_check(kind: Any, arguments: dict[str, Any]) -> None:
    prompt = OwnPrompt("p1", "p", "en", checks=({**arguments, "kind": kind},))
    refused = ""
    try:
        verify_checks([prompt], {})
    except UserError as error:
        refused = str(error)
    assert not refused or (refused.startswith("p1: ") and refused.endswith(".") and len(refused) < 500)


@settings(max_examples=60)
@given(data=st.data())
def test_any_arguments_of_an_instruction(data: st.DataObject) -> None:
    import inspect

    from secondhalf.evaluate.ifeval.prompts import IFEvalPrompt

    checks = ENGLISH | JAPANESE | IFBENCH
    id = data.draw(st.sampled_from(sorted(checks)))
    arguments = {}
    for name, parameter in list(inspect.signature(checks[id]).parameters.items())[1:]:
        fitting = {
            int: st.integers(-(2**63), 2**63 - 1),
            str: st.text(max_size=5),
            list[str]: st.lists(st.text(max_size=5), max_size=3),
        }
        arguments[name] = data.draw(
            fitting[parameter.annotation] | ARGUMENTS if parameter.annotation in fitting else ARGUMENTS
        )
    refused = ""
    try:
        verify_instructions([IFEvalPrompt("1", "p", (id,), (arguments,), "f, line 1")])
    except UserError as error:
        refused = str(error)
    assert not refused or refused.startswith("f, line 1: ")
