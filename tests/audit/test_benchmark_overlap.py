"""How much of a benchmark stands in the training pairs."""

from pathlib import Path

from secondhalf.audit.benchmark_overlap import measure_overlap
from secondhalf.rows import Pair, Verdict, from_table, to_table
from secondhalf.store import Stage

TEXTS = {
    "long": "Write a letter to the miller of the old mill and ask him for ten sacks of flour by Friday.",
    "other": "Explain in a few words why the moon looks larger when it stands near the horizon at night.",
    "short": "Name three rivers.",
    "ja": "古い水車小屋の持ち主に手紙を書いて、金曜日までに小麦粉を十袋届けるように頼んでください。",
}


def _overlap(tmp_path: Path, *pairs: Pair) -> dict[str, Verdict]:
    stage = Stage(tmp_path)
    counts = measure_overlap(to_table(Pair, pairs), TEXTS, stage)
    verdicts = {verdict.id: verdict for verdict in from_table(Verdict, stage.read())}
    assert counts == {
        "rows_in": 4, "rows": 4, "pairs": len(pairs), "contaminated": sum(not verdict.passed for verdict in verdicts.values()),
    }  # fmt: skip
    return verdicts


def _pair(id: str, prompt: str, response: str = "") -> Pair:
    return Pair(id, id, "words", "en", prompt, "", response)


def test_prompts_are_found_in_prompts_and_in_replies(tmp_path: Path) -> None:
    verdicts = _overlap(
        tmp_path,
        _pair("p1", f"He said: {TEXTS['long']}"),
        _pair("p2", "Nothing.", f"A quiz. {TEXTS['short']}"),
        _pair("p3", "", f"「{TEXTS['ja']}」と言う。"),
    )
    assert {id: verdict.passed for id, verdict in verdicts.items()} == {
        "long": False, "short": False, "ja": False, "other": True,
    }  # fmt: skip
    assert (verdicts["long"].score, verdicts["long"].reason) == (1.0, "met in the pair p1")
    assert (verdicts["other"].score, verdicts["other"].reason) == (0.0, "")


def test_half_a_prompt_is_no_overlap_and_a_little_more_is(tmp_path: Path) -> None:
    words = TEXTS["long"].split()
    assert _overlap(tmp_path, _pair("p", " ".join(words[: len(words) // 2])))["long"].passed
    assert not _overlap(tmp_path, _pair("p", " ".join(words[: len(words) // 2 + 1])))["long"].passed


def test_japanese_is_compared_by_its_characters(tmp_path: Path) -> None:
    assert not _overlap(tmp_path, _pair("p", TEXTS["ja"][:30]))["ja"].passed
    assert _overlap(tmp_path, _pair("p", TEXTS["ja"][:18]))["ja"].passed


def test_without_pairs_nothing_overlaps(tmp_path: Path) -> None:
    assert all(verdict.passed for verdict in _overlap(tmp_path).values())
