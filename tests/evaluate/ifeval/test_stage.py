"""The benchmark's figures from answers: as published, and with loops and echoes failed."""

from pathlib import Path
from types import SimpleNamespace

from secondhalf.evaluate.ifeval.prompts import IFEvalPrompt
from secondhalf.evaluate.ifeval.stage import score_ifeval
from secondhalf.rows import Answer, to_table
from secondhalf.store import Stage
from support import ifeval_needs

ifeval_needs.packages()

ASKS = "Write about rain. Do not use any comma. Wrap your whole answer in double quotation marks."
PROMPTS = [
    IFEvalPrompt("one", ASKS, ("startend:quotation", "punctuation:no_comma"), ({}, {}), "line 1"),
    IFEvalPrompt("two", "Write about snow. Do not use any comma.", ("punctuation:no_comma",), ({},), "line 2"),
]


def _figures(folder: Path, one: str, two: str) -> dict[str, float]:
    answers, stage = Stage(folder / "answers"), Stage(folder / "scores")
    for made in (answers, stage):
        made.path.mkdir()
    rows = [Answer("one", one, "stop", 5), Answer("two", two, "length", 5)]
    answers.write("answers", 0, to_table(Answer, rows))
    score_ifeval(SimpleNamespace(prompts=PROMPTS, answers=answers, benchmark="ifeval"), stage)  # type: ignore[arg-type]
    table = stage.read().to_pylist()
    names = {row["figure"].removeprefix("ifeval.") for row in table}
    return {
        name: sum(row["value"] for row in table if row["figure"] == f"ifeval.{name}") / len(PROMPTS) for name in names
    }


def test_as_published_and_guarded(tmp_path: Path) -> None:
    # Of three instructions the first answer keeps both; the second keeps its one, but loops.
    figures = _figures(tmp_path, '"Rain falls softly on the roof of the mill."', "Snow is white and cold. " * 8)
    assert figures == {
        "strict": 1, "loose": 1, "instruction_strict": 1, "instruction_loose": 1,
        "guarded": 2 / 3, "guarded_cut": 2 / 3, "no_answer": 1 / 2,
    }  # fmt: skip


def test_cut_at_the_next_turn(tmp_path: Path) -> None:
    looping = '"Rain falls softly."' + "\nUser: Write, please.\nAssistant: No, never." * 6
    figures = _figures(tmp_path, looping, "Snow, ice.")
    # As it stands it loops; up to the user's turn it keeps both. The other answer has a comma.
    assert (figures["guarded"], figures["guarded_cut"], figures["no_answer"]) == (0, 2 / 3, 1 / 2)
