"""The tiny student through the engine that serves it: the same answers as everywhere else, whole characters, work that ends."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from secondhalf.errors import UserError
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.serve.check_arm import check_arm
from secondhalf.serve.engines.detokenizer import Detokenizer
from secondhalf.serve.engines.generation import ExpectedAnswer, GenerationRequest
from secondhalf.serve.engines.transformers_engine import TransformersEngine
from secondhalf.serve.errors import ApiError

PLAIN = Template.named("plain")
PROMPTS = ["How are you?", "川はどこを流れる？", "The river runs past the mill."]


def _request(prompt: str, seed: int = 1, **changes: Any) -> GenerationRequest:
    fields = {"turns": (prompt,), "chat": True, "max_tokens": 12, "temperature": 0.8, "top_p": 1.0, "seed": seed}
    return GenerationRequest(**{**fields, **changes})


async def _text(engine: TransformersEngine, request: GenerationRequest) -> tuple[str, str, int]:
    text, last = "", None
    async with aclosing(engine.generate(request)) as deltas:
        async for last in deltas:
            text += last.text
    assert last is not None
    return text.strip(), last.finish, last.answer_tokens


def test_answers_are_those_of_the_run_and_each_request_has_its_own(student: Path):
    model = StudentModel(student)
    stops = PLAIN.stop_ids(model.tokenizer)
    expected = [
        model.generate(
            [PLAIN.encode_prompt(model.tokenizer, prompt)], max_tokens=12, temperature=0.8, seed=seed,
            stop_ids=stops, stop_text=PLAIN.frame(model.tokenizer).stop,
        )[0]
        for seed, prompt in enumerate(PROMPTS)
    ]  # fmt: skip

    async def work() -> None:
        engine = TransformersEngine(student, None, PLAIN, longest=12)
        try:
            alone = [await _text(engine, _request(prompt, seed)) for seed, prompt in enumerate(PROMPTS)]
            assert alone == expected
            together = await asyncio.gather(*(_text(engine, _request(PROMPTS[0], seed)) for seed in range(6)))
            assert len({text for text, _, _ in together}) > 1
            # One that is given up in its middle leaves the others alone, and one that is too long is told so.
            async with aclosing(engine.generate(_request(PROMPTS[2], max_tokens=1000))) as deltas:
                await anext(deltas)
            with pytest.raises(ApiError, match="context"):
                await _text(engine, _request("x", max_tokens=1 << 20))
            assert await _text(engine, _request(PROMPTS[0], 0)) == expected[0]
            plain = await _text(engine, _request("The river", chat=False))
            assert plain[2] <= 12
            # The run's own answers come again; another model's do not.
            stored = [ExpectedAnswer(_request(p, seed), expected[seed][0]) for seed, p in enumerate(PROMPTS)]
            assert await check_arm("taught", engine, stored) == 1
            with pytest.raises(UserError, match="taught answers otherwise than in its run"):
                await check_arm("taught", engine, [ExpectedAnswer(one.request, "Something else") for one in stored])
        finally:
            await engine.close()
        with pytest.raises(ApiError, match="stopping"):
            await _text(engine, _request("x"))

    asyncio.run(work())


def test_a_failure_of_the_model_is_each_one_s_error_and_not_the_end(student: Path, monkeypatch: pytest.MonkeyPatch):
    async def work() -> None:
        engine = TransformersEngine(student, None, PLAIN, longest=12)
        forward = engine._model.forward
        try:
            monkeypatch.setattr(engine._model, "forward", lambda *_, **__: 1 / 0)
            with pytest.raises(ApiError, match="model failed"):
                await _text(engine, _request("x"))
            monkeypatch.setattr(engine._model, "forward", forward)
            assert (await _text(engine, _request("x")))[2] > 0
        finally:
            await engine.close()

    asyncio.run(work())


def test_characters_split_over_tokens_come_whole(student: Path):
    tokenizer = StudentModel(student).tokenizer
    for text in ["A🦊B川を渡る。", "🏳️‍🌈 naïve Ελληνικά", "plain words here"]:
        ids = tokenizer(text, add_special_tokens=False).input_ids
        detokenizer = Detokenizer(tokenizer)
        pieces = [detokenizer.feed(token) for token in ids] + [detokenizer.end()]
        assert "".join(pieces) == text
        assert not any("\ufffd" in piece for piece in pieces)
    cut = Detokenizer(tokenizer)
    fox = tokenizer("🦊", add_special_tokens=False).input_ids
    assert [cut.feed(token) for token in fox[:2]] == ["", ""]
    assert cut.end().startswith("\ufffd")
