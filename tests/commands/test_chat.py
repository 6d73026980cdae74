"""A conversation with arms of a run: turns, commands, answers piece by piece, and a Ctrl-C that ends an answer alone."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from secondhalf.cli import main
from secondhalf.commands.chat import AnswerStream, Chat
from secondhalf.errors import UserError
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.batch import SequenceBatch
from secondhalf.recipe import load_recipe
from secondhalf.runs import Run, opened
from support.recipes import tiny_recipe


@pytest.fixture(scope="module")
def folder(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with two arms that nobody has trained."""
    place = tmp_path_factory.mktemp("chat")
    arms = {
        "untouched": {"student": "base"},
        "original": None,
        "taught": None,
        "warm": {"student": "base", "temperature": 2.0},
    }
    recipe = load_recipe(tiny_recipe(place / "r.yaml", student, data=None, arms=arms))
    with opened(recipe, place / "runs", place / "store"):
        pass
    return place


@pytest.fixture
def chat(folder: Path) -> Chat:
    from secondhalf.store import Store

    conversation = Chat(Run.at(folder / "runs/tiny", Store(folder / "store")), max_tokens=6, temperature=0.7)
    conversation.choose("untouched")
    return conversation


def _main(monkeypatch: pytest.MonkeyPatch, folder: Path, lines: str, *more: str) -> int:
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    return main(["chat", "tiny", "--arm", "untouched", "--max-tokens", "5", *more])


def test_turns_are_kept_and_forgotten(chat: Chat, monkeypatch: pytest.MonkeyPatch):
    seen: list[list[str]] = []
    inner = Template.encode_turns

    def watched(self: Template, tokenizer: Any, turns: list[str]) -> list[int]:
        seen.append(list(turns))
        return inner(self, tokenizer, turns)

    monkeypatch.setattr(Template, "encode_turns", watched)
    pieces: list[str] = []
    first, _ = chat.answer("What is a river?", pieces.append)
    assert "".join(pieces) == first
    chat.answer("なぜですか。", pieces.append)
    assert seen == [["What is a river?"], ["What is a river?", first, "なぜですか。"]]
    assert chat.command("arm", "warm").startswith("warm answers")
    chat.answer("And now?", pieces.append)
    assert len(seen[-1]) == 5
    assert chat._model is not None
    assert chat._model.temperature == 2.0
    assert chat.command("reset", "") == "What was said is forgotten."
    chat.answer("And now?", pieces.append)
    assert seen[-1] == ["And now?"]


def test_a_word_that_is_no_command_is_hinted_at(chat: Chat):
    assert chat.command("rest", "") == "[there is no /rest; did you mean reset?]"
    assert chat.command("arm", "") == "[write /arm NAME.]"
    with pytest.raises(UserError, match=r"no arm wram; did you mean warm\?"):
        chat.command("arm", "wram")
    assert chat.arm == "untouched"
    assert (chat.command("quit", ""), chat.ended) == ("", True)


def test_ctrl_c_ends_the_answer_and_not_the_chat(chat: Chat, monkeypatch: pytest.MonkeyPatch):
    steps, inner = 0, SequenceBatch.step

    def step(batch: SequenceBatch) -> Any:
        nonlocal steps
        steps += 1
        if steps == 3:
            raise KeyboardInterrupt
        return inner(batch)

    monkeypatch.setattr(SequenceBatch, "step", step)
    chat.max_tokens = 40
    text, finish = chat.answer("What is a river?", lambda _: None)
    assert finish == "interrupted"
    assert chat.turns == ["What is a river?", text]
    assert chat.answer("Go on.", lambda _: None)[1] != "interrupted"


def test_the_oldest_turns_leave_when_the_context_is_full(chat: Chat, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("secondhalf.commands.chat.max_context", lambda model: 60)
    for _ in range(6):
        chat.answer("What is a river, and where does it run?", lambda _: None)
    assert 0 < len(chat.turns) < 12


def test_only_what_no_later_token_can_change_is_shown():
    class Words:
        pieces = ("", " The", " ri", "ver", "\n", "User", ":", " no")

        def decode(self, tokens: list[int], **_: object) -> str:
            return "".join(self.pieces[token] for token in tokens)

    shown: list[str] = []
    stream = object.__new__(AnswerStream)
    stream._tokenizer, stream._show, stream._stops, stream.stop_text, stream.text = (
        Words(),
        shown.append,
        {0},
        "\nUser:",
        "",
    )
    for count in range(1, 8):
        stream.tokens(list(range(1, count + 1)))
    assert shown == ["The", " ri", "ver"]


def test_lines_from_a_pipe_are_answered_until_quit(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert _main(monkeypatch, folder, "What?\n\n/reset\n/arm warm\nWhy?\n/quit\nnever\n", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["arm"] for row in rows] == ["untouched", "untouched", "warm", "warm"]
    assert [set(row) for row in rows[::3]] == [{"arm", "answer", "finish"}] * 2
    assert _main(monkeypatch, folder, "What?\n") == 0
    out = capsys.readouterr().out
    assert out.endswith(("[cut at the length limit]\n", "\n"))
    assert "{" not in out


def test_an_arm_that_is_none_is_named_with_the_nearest(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(folder)
    assert main(["chat", "tiny", "--arm", "untuched"]) == 2
    assert "did you mean untouched?" in capsys.readouterr().err
