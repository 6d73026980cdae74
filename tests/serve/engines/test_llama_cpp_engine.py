"""A GGUF export of the tiny student, by llama.cpp: the same words as our own model's, whole characters, work that ends."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("xllamacpp")

from secondhalf.errors import UserError
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.serve.check_arm import check_arm
from secondhalf.serve.engines.generation import ExpectedAnswer, GenerationRequest
from secondhalf.serve.engines.llama_cpp_engine import LlamaCppEngine
from secondhalf.serve.errors import ApiError
from secondhalf.serve.expected_answers import greedy_answers
from support.student_gguf import student_gguf

PLAIN = Template.named("plain")
ASKED = GenerationRequest(("How are you?",), True, 12, 0.8, 1.0, 1)


async def _answer(engine: LlamaCppEngine, request: GenerationRequest = ASKED) -> tuple[str, Any]:
    text, last = "", None
    async with aclosing(engine.generate(request)) as deltas:
        async for last in deltas:
            assert "\ufffd" not in last.text
            text += last.text
    return text, last


@pytest.fixture(scope="module")
def gguf(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny student as a GGUF file under the template `plain`."""
    return student_gguf(student, PLAIN, tmp_path_factory.mktemp("gguf") / "tiny.gguf")


def test_it_answers_as_our_own_model_does(student: Path, gguf: Path, tmp_path: Path):
    expected = greedy_answers(student, None, PLAIN, tmp_path / "serve" / "expected.json")
    assert greedy_answers(student, None, PLAIN, tmp_path / "serve" / "expected.json") == expected

    async def work() -> None:
        stop_text = PLAIN.frame(StudentModel(student).tokenizer).stop
        engine = LlamaCppEngine(gguf, longest=12, slots=4, context=256, stop_text=stop_text)
        try:
            assert await check_arm("taught", engine, expected) > 0.9
            with pytest.raises(UserError, match="taught answers otherwise"):
                await check_arm("taught", engine, [ExpectedAnswer(one.request, "Something else") for one in expected])
            with pytest.raises(UserError, match="more like the untouched student"):
                await check_arm(
                    "taught", engine, [ExpectedAnswer(one.request, one.text[:4] + "?", one.text) for one in expected]
                )
            text, last = await _answer(engine)
            assert (last.prompt_tokens > 4, last.answer_tokens, last.finish) == (True, 12, "length")
            many = await asyncio.gather(*(_answer(engine, ASKED) for _ in range(8)))
            assert {answer[0] for answer in many} == {text}  # one seed
            plain, last = await _answer(engine, GenerationRequest(("The river",), False, 5, 0.0, 1.0, 1))
            assert (bool(plain), last.answer_tokens) == (True, 5)
            async with aclosing(engine.generate(ASKED)) as deltas:
                await anext(deltas)
            assert engine.waiting == 0
            with pytest.raises(ApiError, match="context is 256 tokens") as error:
                await _answer(engine, GenerationRequest(("word " * 500,), True, 5, 0.0, 1.0, 1))
            assert error.value.code == "context_length_exceeded"
        finally:
            await engine.close()

    asyncio.run(work())


def test_what_is_no_gguf_is_refused(tmp_path: Path):
    with pytest.raises(UserError, match="secondhalf export RUN"):
        LlamaCppEngine(tmp_path / "none.gguf", longest=12, slots=1, context=64)
    (tmp_path / "some.gguf").write_bytes(b"GGUF")
    with pytest.raises(UserError, match="whole GGUF file"):
        LlamaCppEngine(tmp_path / "some.gguf", longest=12, slots=1, context=64)
