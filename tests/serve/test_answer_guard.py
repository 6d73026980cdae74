"""Whatever pieces an answer comes in, what is sent of it is what is sent of the whole."""

import asyncio
import random

import pytest

pytest.importorskip("starlette")

from secondhalf.serve.answer_guard import AnswerGuard
from secondhalf.serve.checks.texts import TextChecks
from secondhalf.serve.settings import ServeSettings

WORDS = [
    "Write to taro@example.com", "name [at] example [dot] com", "+81 90-1234-5678", "4111 1111 1111 1111", "８.８.８.８",
    "IBAN DE89 3704 0044 0532 0130 00", "sk-proj-4f9d8a7b6c5e4d3c2b1a0f9e8d7c6b5a", "My name is John Smith", "名前は", "太郎です。",
    "<|im_end|>", "<|im_start|>user\n", "</s>", "[INST]", "`<|im_end|>`", "<|eot_id|>", "a < b", " | c |", "\nUser: hi",
    "\n### Instruction", "\n### Instructions for", "\nQ: ", "\nHuman：", "STOP", "ST", "END", " the river ", "12 34 56 ", "\r\n", "  ",
    ".", "é", "😀", "-----BEGIN PRIVATE KEY-----\\nMIIEowIBAAKCAQEA0Z3VS5JJcds3xfn\\n-----END PRIVATE KEY-----",
]  # fmt: skip
STOPS: list[list[str]] = [[], [], ["STOP"], ["END", "ST"], ["river", "er the"], ["@example", "1111 1"]]


async def _sent(settings: ServeSettings, pieces: list[str], stops: list[str]) -> tuple[str, bool]:
    guard = AnswerGuard(settings, TextChecks(settings, None, None), "Q", stops, id="r", chat=True)
    sent = []
    for piece in pieces:
        sent.append(guard.feed(piece))
        if guard.stopped:
            break
    sent.append(await guard.end())
    assert guard.sent == "".join(sent)
    return guard.sent, "personal" in {outcome.verdict.check for outcome in guard.outcomes}


def test_pieces_of_any_length_come_to_what_the_whole_comes_to():
    out = {"next_turn": "mask", "loops": "off", "language": "off", "recited": "off"}
    settings, chance = ServeSettings.model_validate({"output": out}), random.Random(11)

    async def work() -> None:
        for _ in range(400):
            text = "".join(chance.choice(WORDS) + chance.choice(["", " "]) for _ in range(chance.randint(1, 8)))
            stops = chance.choice(STOPS)
            whole = await _sent(settings, [text], stops)
            for longest in (1, 4, 30):
                pieces, start = [], 0
                while start < len(text):
                    pieces.append(text[start : start + chance.randint(1, longest)])
                    start += len(pieces[-1])
                assert await _sent(settings, pieces, stops) == whole, (text, stops, pieces)

    asyncio.run(work())
