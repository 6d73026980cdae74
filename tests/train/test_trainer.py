import multiprocessing
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.models.weights.load import load_student  # noqa: E402
from secondhalf.models.weights.packing import Example  # noqa: E402
from secondhalf.train import trainer  # noqa: E402
from secondhalf.train.checkpoint import load_last_checkpoint  # noqa: E402
from secondhalf.train.method import make_trainable  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402
from secondhalf.train.trainer import DivergedError, train_model  # noqa: E402

SETTINGS = TrainSettings(
    rank=4, learning_rate=1e-2, epochs=2, tokens_per_step=64, tokens_per_batch=32, max_length=64, checkpoint_steps=3
)

Training = tuple[Any, Any, Path]


def counting_examples(count: int = 24) -> list[Example]:
    """Examples with something to learn: each response counts on from its prompt."""
    numbers = torch.Generator().manual_seed(5)
    starts = torch.randint(20, 60, (count,), generator=numbers).tolist()
    return [([2, *range(n, n + 12)], [-100] * 6 + list(range(n + 5, n + 12))) for n in starts]


def trained(student: Path, folder: Path, seed: int = 1, settings: TrainSettings = SETTINGS) -> tuple[Any, Any]:
    """The adapter's weights by name, and the log."""
    model = make_trainable(load_student(student)[1], settings, seed)
    log = train_model(model, counting_examples(), counting_examples(4), settings, seed, folder, "test")
    return {name: weight.detach().clone() for name, weight in model.named_parameters() if weight.requires_grad}, log


def equal(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def killed_at(student: Path, folder: Path, step: int) -> None:
    """Trains in a process that is killed one step after the checkpoint of `step`."""
    original, save = trainer._training_step, trainer.save_checkpoint
    saved = []

    def saving(folder: Path, step: int, *rest: Any) -> None:
        save(folder, step, *rest)
        saved.append(step)

    def stepping(*arguments: Any) -> Any:
        result = original(*arguments)
        if step in saved:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    trainer._training_step, trainer.save_checkpoint = stepping, saving  # type: ignore[assignment]
    trained(student, folder)


@pytest.fixture(scope="module")
def uninterrupted(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Training:
    """A training that was not disturbed: weights, log and the folder of its checkpoints."""
    folder = tmp_path_factory.mktemp("whole")
    return *trained(student, folder), folder


def test_it_learns(uninterrupted: Training) -> None:
    _, log, _ = uninterrupted
    assert log[-1]["loss"] < 0.8 * log[0]["loss"]
    assert log[-1]["held_out"] < 0.8 * log[0]["held_out"]
    assert log[-1]["tokens"] == SETTINGS.epochs * sum(len(ids) for ids, _ in counting_examples())
    assert [row["step"] for row in log] == list(range(1, len(log) + 1))


@pytest.mark.parametrize("step", [3, 6])
def test_killed_and_resumed_gives_the_same_bits(
    student: Path, tmp_path: Path, uninterrupted: Training, step: int
) -> None:
    assert len(uninterrupted[1]) > step + 1
    process = multiprocessing.get_context("spawn").Process(target=killed_at, args=(student, tmp_path, step))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert (tmp_path / f"step-{step:06d}").is_dir()
    weights, log = trained(student, tmp_path)
    assert equal(weights, uninterrupted[0])
    assert log == uninterrupted[1]


def test_resuming_does_no_finished_step_again(
    student: Path, tmp_path: Path, uninterrupted: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Shows that the test above does not pass by training everything anew.
    shutil.copytree(uninterrupted[2], tmp_path, dirs_exist_ok=True)
    shutil.rmtree(sorted(tmp_path.glob("step-*"))[-1])
    done = len(load_last_checkpoint(tmp_path).state["log"])  # type: ignore[union-attr]
    original, calls = trainer._training_step, []
    monkeypatch.setattr(trainer, "_training_step", lambda *given: calls.append(1) or original(*given))
    trained(student, tmp_path)
    assert len(calls) == len(uninterrupted[1]) - done > 0


@pytest.mark.parametrize("harm", ["cut", "gone", "no json"])
def test_a_broken_checkpoint_is_skipped(student: Path, tmp_path: Path, uninterrupted: Training, harm: str) -> None:
    shutil.copytree(uninterrupted[2], tmp_path, dirs_exist_ok=True)
    newest = sorted(tmp_path.glob("step-*"))[-1]
    if harm == "cut":
        data = (newest / "state.safetensors").read_bytes()
        (newest / "state.safetensors").write_bytes(data[: len(data) // 2])
    elif harm == "gone":
        (newest / "state.safetensors").unlink()
    else:
        (newest / "state.json").write_text('{"log": [', "utf-8")
    readable = load_last_checkpoint(tmp_path)
    assert readable is not None
    assert len(readable.state["log"]) < len(uninterrupted[1])
    weights, _ = trained(student, tmp_path)
    assert equal(weights, uninterrupted[0])


def test_a_full_disk_is_an_error_and_the_checkpoint_before_serves(
    student: Path, tmp_path: Path, uninterrupted: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    import safetensors.torch

    write, calls = safetensors.torch.save_file, []

    def full(*given: Any) -> None:
        if len(calls) == 1:
            raise safetensors.SafetensorError("No space left on device (os error 28)")
        write(*given)
        calls.append(1)

    monkeypatch.setattr(safetensors.torch, "save_file", full)
    with pytest.raises(UserError, match=r"checkpoint of step \d+ cannot be written .*No space left.*goes on from"):
        trained(student, tmp_path)
    assert [path.name[:4] for path in tmp_path.iterdir()] == ["step"]
    monkeypatch.setattr(safetensors.torch, "save_file", write)
    assert equal(trained(student, tmp_path)[0], uninterrupted[0])


def test_another_seed_gives_another_adapter(student: Path, tmp_path: Path, uninterrupted: Training) -> None:
    assert not equal(trained(student, tmp_path, seed=2)[0], uninterrupted[0])


def test_how_rows_are_packed_does_not_change_what_is_learned(
    student: Path, tmp_path: Path, uninterrupted: tuple[Any, Any]
) -> None:
    one = SETTINGS.model_copy(update={"tokens_per_batch": 1})
    _, log = trained(student, tmp_path, settings=one)
    # The first loss is before any update; bf16 rounds a packed row otherwise than a single one.
    assert log[0]["loss"] == pytest.approx(uninterrupted[1][0]["loss"], rel=0.01)


def test_only_the_adapter_is_trained(student: Path) -> None:
    model = make_trainable(load_student(student)[1], SETTINGS, 1)
    names = [name for name, weight in model.named_parameters() if weight.requires_grad]
    assert names
    assert all("lora_" in name for name in names)
    assert not any("lm_head" in name or "embed" in name for name in names)


def test_no_pairs_is_an_error(student: Path, tmp_path: Path) -> None:
    model = make_trainable(load_student(student)[1], SETTINGS, 1)
    with pytest.raises(UserError, match="no pair"):
        train_model(model, [], [], SETTINGS, 1, tmp_path, "test")


def test_a_loss_that_is_no_number_is_an_error_and_leaves_no_checkpoint(student: Path, tmp_path: Path) -> None:
    model = make_trainable(load_student(student)[1], SETTINGS, 1)
    with torch.no_grad():
        next(weight for name, weight in model.named_parameters() if "lora_B" in name).fill_(float("nan"))
    with pytest.raises(DivergedError, match=r"step 1: lower train\.learning_rate"):
        train_model(model, counting_examples(), [], SETTINGS, 1, tmp_path, "test")
    assert load_last_checkpoint(tmp_path) is None
