"""Each check on a known-good and a known-bad pair, English and Japanese."""

from dataclasses import replace
from pathlib import Path

import pytest

from secondhalf.audit.overlap import OverlapIndex
from secondhalf.audit.stage import AuditSettings, audit_pairs, check_pair
from secondhalf.rows import Pair, to_table
from support.user_module import write_module

EN = Pair(
    "p1", "d1", "words", "en", "The council met on Monday to discuss the library", " and its costs.",
    "Most of its members wanted a larger reading room, and the mayor promised to look for money.", "t", "stop",
)  # fmt: skip
JA = Pair(
    "p2", "d2", "words", "ja", "町の図書館は来年の春に新しい建物へ", "移る。",
    "移る予定で、市民の意見を聞く会が先週開かれました。", "t", "stop",
)  # fmt: skip
INDEX = OverlapIndex.of(
    {
        "long": "Name three rivers that flow through the north of France and end in the sea",
        "short": "Name a planet",
        "ja": "日本で一番高い山の名前を一つだけ書いてください",
    }
)


def _failed(pair: Pair, **settings) -> set[str]:
    return {verdict.check for verdict in check_pair(pair, AuditSettings(**settings), INDEX) if not verdict.passed}


@pytest.mark.parametrize("pair", [EN, JA], ids=["en", "ja"])
def test_a_good_pair_passes_every_check(pair: Pair):
    assert _failed(pair) == set()


@pytest.mark.parametrize(
    ("pair", "fields", "check"),
    [
        (EN, {"finish": "length"}, "finished"),
        (EN, {"response": ""}, "empty"),
        (EN, {"response": "The end of the road was the end of the road. " * 6}, "loops"),
        (EN, {"response": "The council met on Monday to discuss the library once more."}, "echo"),
        (EN, {"response": "図書館の建物は来年の春に完成する予定で、町の人々は楽しみにしています。"}, "language"),
        (EN, {"response": "I'm sorry, but I cannot continue this text about the council and its room."}, "refusal"),
        (EN, {"response": "The text continues with a long speech of the mayor about the library."}, "comment"),
        (EN, {"response": "Most of its members wanted a larger room, and the mayor promised to"}, "cut_end"),
        (EN, {"original": " and its costs. " + EN.response}, "memorised"),
        (EN, {"response": "The mayor agreed. Le conseil a décidé de reporter la décision au mois prochain."}, "language_switch"),
        (EN, {"response": "The members agreed. Write to the mayor at john.smith@town-hall.org for more of it."}, "personal_data"),
        (EN, {"response": "Sure! The members of the council wanted a larger room."}, "instruction_response"),
        (EN, {"response": "Here is a continuation of the text about the council and its room."}, "instruction_response"),
        (EN, {"response": "It was late when they left.\nUser: And what came next for them?"}, "instruction_response"),
        (EN, {"prompt": "Write a short poem about the sea and the wind in the evening"}, "instruction_prompt"),
        (JA, {"prompt": "この文章を要約してください。町の図書館は"}, "instruction_prompt"),
        (JA, {"response": "承知しました。図書館は来年の春に新しい建物へ移ります。"}, "instruction_response"),
        (EN, {"response": "He asked us to name three rivers that flow through the north of France and end in the sea."}, "contamination"),
        (EN, {"response": "The quiz began with an easy question. Name a planet! Nobody in the room said a word."}, "contamination"),
        (JA, {"response": "問題は「日本で一番高い山の名前を一つだけ書いて」でした。"}, "contamination"),
    ],
)  # fmt: skip
def test_a_bad_pair_fails_the_check_it_should(pair: Pair, fields: dict[str, str], check: str):
    assert check in _failed(replace(pair, **fields))


@pytest.mark.parametrize(
    "response",
    [
        "The writer gave a list of the books he had read that year and of those he had not.",
        "Of course the mayor knew it, and the planet went on turning without him.",
        "They were sure the bridge would hold, and it did for another hundred years.",
    ],
)
def test_ordinary_prose_is_no_instruction(response: str):
    assert _failed(replace(EN, response=response)) == set()


def test_a_fault_that_is_only_looked_at_refuses_no_pair_and_says_why():
    rude = replace(EN, response="You stupid idiot, the mayor thought, and kept his peace until they had gone home.")
    assert _failed(rude) == set()
    assert _failed(rude, only_look=[]) == {"toxicity"}
    looked = next(verdict for verdict in check_pair(rude, AuditSettings(), INDEX) if verdict.check == "toxicity")
    assert (looked.passed, looked.score, looked.reason) == (True, 1.0, "toxic: insult")


def test_unfinished_replies_are_kept_where_the_recipe_wants_them():
    assert "finished" not in _failed(replace(EN, finish="length"), keep_unfinished=True)


def test_in_is_out_plus_rejected_and_the_control_refuses_nothing():
    table = to_table(Pair, [EN, replace(JA, finish="length")])
    kept, rejects, verdicts = audit_pairs(table, AuditSettings(), INDEX)
    assert (kept.num_rows, rejects.num_rows) == (1, 1)
    assert rejects.column("reason").to_pylist() == ["unfinished: the finish reason is 'length'"]
    same, none, all_verdicts = audit_pairs(table, AuditSettings(), INDEX, refuse=False)
    assert (same.num_rows, none.num_rows) == (2, 0)
    assert all_verdicts.num_rows == verdicts.num_rows == 2 * len(check_pair(EN, AuditSettings(), INDEX))


CHECK = """
    from secondhalf.rows import Verdict

    def starts_new(pair):
        first = pair.response[0]
        return Verdict(pair.id, "", not first.islower(), 0.0, "" if not first.islower() else "goes on in lower case")
    """


def test_a_check_outside_the_package(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = f"{write_module(CHECK)}:starts_new"
    lower, silent = replace(EN, id="p3", response=EN.response.lower()), replace(EN, id="p4", response="")
    kept, rejects, _ = audit_pairs(to_table(Pair, [EN, lower, silent]), AuditSettings(checks=[path]), INDEX)
    assert kept.column("id").to_pylist() == ["p1"]
    assert [(row["id"], row["check"]) for row in rejects.to_pylist()] == [("p3", path), ("p4", "empty")]
    assert check_pair(silent, AuditSettings(checks=[path]), INDEX)[-1].reason.endswith(
        "raised IndexError: string index out of range"
    )
    kept, _, verdicts = audit_pairs(to_table(Pair, [lower]), AuditSettings(checks=[path]), INDEX, refuse=False)
    assert kept.num_rows == 1
    assert path in verdicts.column("check").to_pylist()
