import json
import multiprocessing
import os
import shutil
import signal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
if not find_spec("trl") and "CI" not in os.environ:
    pytest.skip("preference training is not tested: pip install 'secondhalf[prefer]'", allow_module_level=True)

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.models.chat.template import Template  # noqa: E402
from secondhalf.models.reference import resolve  # noqa: E402
from secondhalf.models.weights.load import load_student  # noqa: E402
from secondhalf.rows import Pair, to_table  # noqa: E402
from secondhalf.store.stage import Stage  # noqa: E402
from secondhalf.train.prefer import dpo  # noqa: E402
from secondhalf.train.prefer.dpo import make_trainer, shuffled_epochs  # noqa: E402
from secondhalf.train.prefer.preferences import encode_preferences  # noqa: E402
from secondhalf.train.prefer.settings import PreferSettings  # noqa: E402
from secondhalf.train.prefer.stage import prefer_arm  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402
from secondhalf.train.stage import train_arm  # noqa: E402

TRAIN = TrainSettings(rank=4, learning_rate=1e-2, tokens_per_step=64, max_length=64, held_out=0.2)
SETTINGS = PreferSettings(learning_rate=1e-2, pairs_per_step=8, pairs_per_batch=4, epochs=2, checkpoint_steps=2)
REPLIES = ["past the old mill", "to the sea", "under the bridge"]
PAIRS = to_table(
    Pair,
    [
        Pair(f"d{n:03d}-a", f"d{n:03d}", "words", "en", "The river runs", f" {n} on in the evening.", REPLIES[n % 3], "dummy", "stop")
        for n in range(40)
    ],
)  # fmt: skip


def trained(student: Path, tuned: Path, folder: Path, settings: PreferSettings = SETTINGS, seed: int = 1) -> Any:
    """The figures of a preference training whose stage is `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return prefer_arm(PAIRS, resolve(str(student)), tuned, settings, TRAIN, seed, Stage(folder), "test")


def weights(folder: Path) -> bytes:
    return (folder / "adapter" / "adapter_model.safetensors").read_bytes()


@pytest.fixture(scope="module")
def tuned(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fine-tuned adapter to start from."""
    folder = tmp_path_factory.mktemp("tuned")
    train_arm(PAIRS, resolve(str(student)), TRAIN, 1, Stage(folder), "test")
    return folder / "adapter"


@pytest.fixture(scope="module")
def uninterrupted(student: Path, tuned: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A training that was not disturbed: its folder and figures."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, trained(student, tuned, folder)


def test_it_learns_to_prefer_on_pairs_it_never_saw(uninterrupted: tuple[Path, Any]) -> None:
    folder, figures = uninterrupted
    log = [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]
    assert log[0]["loss"] == pytest.approx(0.6931, abs=1e-3)  # ln 2: before the first step nothing is preferred
    assert log[0]["margin"] == 0
    assert log[-1]["loss"] < 0.3
    assert log[-1]["accuracy"] == 1
    assert [row["step"] for row in log] == list(range(1, figures["steps"] + 1))
    assert log[-1]["pairs"] == SETTINGS.epochs * (figures["rows"] - figures["held_out"])
    # Ours, from the adapters as written; TRL's, from the last steps of training.
    mean, low, high = figures["held_out_margin"]
    assert 0 < low < mean < high
    assert mean == pytest.approx(log[-1]["margin"], rel=0.25)
    assert figures["held_out_accuracy"] == 1


def test_what_is_written_is_an_adapter_and_no_pickle(
    uninterrupted: tuple[Path, Any], student: Path, tuned: Path
) -> None:
    folder, _ = uninterrupted
    kinds = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert kinds == {".json", ".jsonl", ".safetensors", ".parquet", ".txt"}  # the last are checksums
    assert {path.name for path in (folder / "adapter").iterdir()} == {path.name for path in tuned.iterdir()}
    assert weights(folder) != (tuned / "adapter_model.safetensors").read_bytes()
    assert json.loads((folder / "adapter" / "adapter_config.json").read_text())["r"] == TRAIN.rank


def killed_at(student: Path, tuned: Path, folder: Path, step: int) -> None:
    """Trains in a process that dies right after the checkpoint of `step`."""
    save = dpo.save_checkpoint

    def saving(folder: Path, number: int, *rest: Any) -> None:
        save(folder, number, *rest)
        assert not [path for path in folder.rglob("*") if path.suffix in {".pt", ".bin", ".pkl", ".pth"}]
        if number == step:
            os.kill(os.getpid(), signal.SIGKILL)

    dpo.save_checkpoint = saving  # type: ignore[assignment]
    trained(student, tuned, folder)


@pytest.mark.parametrize("step", [2, 8])
def test_killed_and_resumed_gives_the_same_bits(
    student: Path, tuned: Path, uninterrupted: tuple[Path, Any], tmp_path: Path, step: int
) -> None:
    assert uninterrupted[1]["steps"] == 8
    arguments = (student, tuned, tmp_path, step)
    process = multiprocessing.get_context("spawn").Process(target=killed_at, args=arguments)
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert [path.name for path in (tmp_path / "checkpoints").glob("step-*")] == [f"step-{step:06d}"] or step == 8
    assert trained(student, tuned, tmp_path) == uninterrupted[1]
    assert weights(tmp_path) == weights(uninterrupted[0])
    assert (tmp_path / "log.jsonl").read_bytes() == (uninterrupted[0] / "log.jsonl").read_bytes()


def test_another_seed_gives_another_adapter(
    student: Path, tuned: Path, uninterrupted: tuple[Path, Any], tmp_path: Path
) -> None:
    trained(student, tuned, tmp_path, seed=2)
    assert weights(tmp_path) != weights(uninterrupted[0])


def test_trl_is_given_our_ids_and_sends_no_telemetry(
    student: Path, tuned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants
    from huggingface_hub.utils import _telemetry
    from peft import PeftModel

    telemetry: list[int] = []
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", False)
    monkeypatch.setattr(_telemetry, "_start_telemetry_thread", lambda: telemetry.append(1))
    hostile = Pair(
        "d-a", "d", "words", "en", "<eos> runs", " </s> on <start_of_turn> it", "<bos> <end_of_turn> to", "x", "stop"
    )
    tokenizer, base = load_student(student)
    tokenizer.pad_token = None  # as with many base models
    rows, _, _, _ = encode_preferences(
        to_table(Pair, [hostile]), tokenizer, Template.named("plain"), max_length=900, held_out=0
    )
    model = PeftModel.from_pretrained(base, tuned, is_trainable=True)
    trainer = make_trainer(model, tokenizer, rows * 3, SETTINGS, 1.0, 1, 0, 1, tmp_path, lambda row: None)
    assert telemetry == []
    batch = next(iter(trainer.get_train_dataloader()))
    half = len(rows * 3)
    control = {token for token, word in tokenizer.added_tokens_decoder.items() if str(word).strip()}
    for index, side in ((0, rows[0].chosen), (half, rows[0].rejected)):
        ids, mask = batch["input_ids"][index].tolist(), batch["completion_mask"][index].tolist()
        size = int(batch["attention_mask"][index].sum())
        assert ids[:size] == rows[0].prompt + side
        assert [token for token, kept in zip(ids, mask, strict=True) if kept] == side
        # The template's own beginning and end are the only control tokens.
        assert [token for token in ids[:size] if token in control] == [tokenizer.bos_token_id, tokenizer.eos_token_id]
    assert "<bos> <end_of_turn> to" in tokenizer.decode(batch["input_ids"][0])
    names = [name for name, weight in trainer.model.named_parameters() if weight.requires_grad]
    assert names
    assert all("lora_" in name and ".ref." not in name for name in names)


def test_a_loss_that_is_no_number_is_an_error(student: Path, tuned: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(tuned, broken)
    from safetensors.torch import load_file, save_file

    tensors = load_file(broken / "adapter_model.safetensors")
    save_file(
        {name: torch.full_like(t, float("nan")) for name, t in tensors.items()}, broken / "adapter_model.safetensors"
    )
    with pytest.raises(UserError, match=r"step 1: lower prefer\.learning_rate"):
        trained(student, broken, tmp_path / "out")


def test_it_goes_on_from_an_adapter_only(student: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="goes on from an adapter"):
        trained(student, tmp_path, tmp_path / "out")


def test_every_epoch_has_every_pair_in_another_order() -> None:
    rows = shuffled_epochs(10, PreferSettings(epochs=3), 1)
    assert [sorted(rows[start : start + 10]) for start in (0, 10, 20)] == [list(range(10))] * 3
    assert rows != shuffled_epochs(10, PreferSettings(epochs=3), 2)
