"""vLLM's path on a stand-in, since vLLM needs a GPU: the answers of base and adapters are those of transformers."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.models.engines.vllm_teacher import VllmTeacher  # noqa: E402
from secondhalf.models.generation.student import StudentModel  # noqa: E402
from secondhalf.models.generation.vllm_student import check_vllm, supports_adapter  # noqa: E402
from secondhalf.models.request import Request, Sampling  # noqa: E402
from secondhalf.models.weights import load  # noqa: E402
from support import vllm_stand_in  # noqa: E402
from support.small_models import TEMPLATE  # noqa: E402

PROMPTS = [[2, 40, 41], [2, 50], [2, *range(60, 80)], [2, 90, 91, 92, 93]]


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> type[vllm_stand_in.LLM]:
    monkeypatch.setattr(load, "weights_dtype", lambda precision="auto": torch.float32)
    return vllm_stand_in.install(monkeypatch)


@pytest.fixture(scope="module")
def adapters(student: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two random adapters, strong enough to change answers."""
    from peft import LoraConfig, get_peft_model

    folders = []
    for seed in (3, 4):
        torch.manual_seed(seed)
        settings = LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False)
        folders.append(tmp_path_factory.mktemp("adapter"))
        get_peft_model(load.load_student(student)[1], settings).save_pretrained(folders[-1])
    return folders


def _decode_all(local: StudentModel, stops: list[int], stop_text: str = "") -> list[list[int]]:
    return local.generate_ids(
        PROMPTS, max_tokens=12, temperature=0, seed=1, stop_ids=stops, stop_text=stop_text, label="answers"
    )


@pytest.mark.parametrize("dropped", [False, True])
def test_answers_are_those_of_transformers(
    dropped: bool,
    student: Path,
    adapters: list[Path],
    stand_in: type[vllm_stand_in.LLM],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stand_in, "dropped", dropped)
    ours, theirs = StudentModel(student), StudentModel(student, "vllm")
    seen = []
    for adapter in (None, *adapters, adapters[0], None):
        ours.use(adapter)
        theirs.use(adapter)
        free = _decode_all(ours, [1])
        stop = free[0][5]  # ends one answer in its middle, and others wherever they have it
        actual = _decode_all(theirs, [stop])
        assert actual == _decode_all(ours, [stop])
        assert actual[0][-1] == stop
        seen.append(actual)
    assert seen[0] == seen[4]
    assert seen[1] == seen[3] != seen[2]
    requests = theirs._vllm._engine.requests  # type: ignore[union-attr]
    assert {one.lora_int_id for one, _ in requests if one} == {1, 2}
    assert all(one.ignore_eos for _, one in requests)
    assert len({one.seed for _, one in requests[: len(PROMPTS)]}) == len(PROMPTS)


def test_a_stop_text_ends_an_answer(student: Path, stand_in: type[vllm_stand_in.LLM]) -> None:
    ours, theirs = StudentModel(student), StudentModel(student, "vllm")
    ours.use(None)
    theirs.use(None)
    text = ours.tokenizer.decode(_decode_all(ours, [1])[0][4:6])
    assert _decode_all(theirs, [1], text) == _decode_all(ours, [1], text)


def test_what_it_cannot_carry_stays_with_transformers(
    student: Path, adapters: list[Path], tmp_path: Path, stand_in: type[vllm_stand_in.LLM]
) -> None:
    config = json.loads((adapters[0] / "adapter_config.json").read_text("utf-8"))
    for change in ({"use_dora": True}, {"r": 128}, {"modules_to_save": ["lm_head"]}, {"trainable_token_indices": [3]}):
        (tmp_path / "adapter_config.json").write_text(json.dumps({**config, **change}), "utf-8")
        assert not supports_adapter(tmp_path)
    assert supports_adapter(adapters[0])
    assert supports_adapter(None)


def test_the_teacher_answers_through_it(student: Path, tmp_path: Path, stand_in: type[vllm_stand_in.LLM]) -> None:
    import shutil

    from secondhalf.models.engines.transformers_teacher import TransformersTeacher

    folder = tmp_path / "it"
    shutil.copytree(student, folder)
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    requests = [
        Request(f"r{n}", (("user", f"The river {n}"),), Sampling(max_tokens=6 + n, temperature=0)) for n in range(5)
    ]
    engines = VllmTeacher(folder, "it"), TransformersTeacher(folder, "it")
    outputs = []
    for engine in engines:
        with ThreadPoolExecutor(5) as pool:
            outputs.append(
                [(reply.text, reply.finish, reply.response_tokens) for reply in pool.map(engine.generate, requests)]
            )
        engine.close()
    assert outputs[0] == outputs[1]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(UserError, match=r"evaluate\.engine: vllm needs a GPU and `.*pip install .*\[vllm\]'`"):
        check_vllm()
