"""What people preferred, read with distrust and audited."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")

from secondhalf.audit.overlap import OverlapIndex
from secondhalf.errors import UserError
from secondhalf.models.chat.template import Template
from secondhalf.rows import Pair, to_table
from secondhalf.train.prefer.people import audit_people, load_people, people_identity
from secondhalf.train.prefer.preferences import encode_preferences
from secondhalf.train.prefer.settings import PeopleSettings
from support.tiny_student import tokenizer

ROW = {
    "prompt": "The river rose in spring, and",
    "chosen": "it carried the old bridge away.",
    "rejected": "and and and",
}
INDEX = OverlapIndex.of({"p1": "Name three long rivers of Europe and where they rise."})


def loaded(folder: Path, *rows: dict[str, Any]) -> list[Pair]:
    path = folder / "preferences.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return load_people(PeopleSettings(path=str(path)), "taught")


def test_a_row_is_taken_once(tmp_path: Path) -> None:
    [pair] = loaded(tmp_path, ROW, {**ROW, "id": "another", "kind": "flagged"})
    assert (pair.prompt, pair.response, pair.original, pair.language) == (*ROW.values(), "en")
    other = loaded(tmp_path, {**ROW, "chosen": "it fell."})
    assert people_identity([pair]) != people_identity(other)
    assert people_identity([pair]) == people_identity(loaded(tmp_path, ROW))


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({**ROW, "chosen": " "}, "line 1: chosen is ' '; write a text"),
        ({**ROW, "rejected": 3}, "line 1: rejected is 3; write a text"),
        ({"chosen": "a", "rejected": "b"}, "line 1: prompt is not given"),
        ({**ROW, "rejected": ROW["chosen"] + "\n"}, "line 1: chosen and rejected are the same text"),
        ({"action": "edit", "text": "x", "id": "1"}, "--as preference"),
    ],
)
def test_a_row_that_is_none_is_named(tmp_path: Path, row: dict[str, Any], error: str) -> None:
    with pytest.raises(UserError, match="line 1") as raised:
        loaded(tmp_path, row)
    assert error in str(raised.value)


def test_a_file_that_is_not_there_names_the_field() -> None:
    with pytest.raises(UserError, match=r"correct arms\.taught\.prefer\.people\.path"):
        load_people(PeopleSettings(path="nowhere.jsonl"), "taught")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, ""),
        ({"prompt": "川は春に増水し、", "chosen": "古い橋を押し流した。"}, ""),
        ({"prompt": "Name three long rivers of Europe and where they rise."}, "holds an evaluation text"),
        ({"rejected": "Name three long rivers of Europe and where they rise."}, "holds an evaluation text"),
        ({"prompt": "My address is taro@example.com, and"}, "personal data: email"),
        ({"chosen": "電話は 090-1234-5678 です。", "prompt": "川は春に増水し、"}, "personal data: phone"),
        ({"prompt": "Please write a short poem about the sea."}, "instruction-like in the prompt"),
        (
            {"prompt": "海についての短い詩を書いてください。", "chosen": "青い海が静かに光る。"},
            "instruction-like in the prompt",
        ),
    ],
)
def test_what_nobody_may_be_taught_is_refused(tmp_path: Path, change: dict[str, str], reason: str) -> None:
    pairs = loaded(tmp_path, {**ROW, **change})
    accepted, rejects, verdicts = audit_people(pairs, INDEX, PeopleSettings(path="x"))
    assert (accepted.num_rows, rejects.num_rows) == (not reason, bool(reason))
    checks = {"contamination", "personal_data", "instruction_prompt", "instruction_response"}
    assert checks <= set(verdicts["check"].to_pylist())
    if reason:
        assert reason in rejects.column("reason")[0].as_py()
    lax = audit_people(pairs, INDEX, PeopleSettings(path="x", refuse_instructions=False))
    assert lax[0].num_rows == (not reason or "instruction-like" in reason)


def test_the_rejected_side_is_whole(tmp_path: Path) -> None:
    """Not cut to the chosen one's length, as a document's own half is."""
    pairs = loaded(tmp_path, {**ROW, "chosen": "it fell.", "rejected": "it went on and on, and nobody knew why."})
    tiny: Any = tokenizer()
    [row], held_out, rejects, _ = encode_preferences(
        to_table(Pair, pairs), tiny, Template.named("plain"), max_length=64, held_out=0, people=True
    )
    assert tiny.decode(row.rejected).removesuffix("<eos>").strip() == "it went on and on, and nobody knew why."
    assert tiny.decode(row.chosen).removesuffix("<eos>").strip() == "it fell."
    assert not held_out
    assert not rejects.num_rows
