import json
import multiprocessing
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.models.generation.student import Local  # noqa: E402
from secondhalf.models.reference import resolve  # noqa: E402
from secondhalf.models.weights.load import load_student  # noqa: E402
from secondhalf.models.weights.packing import Example  # noqa: E402
from secondhalf.rows import Pair, to_table  # noqa: E402
from secondhalf.store.stages import Stage  # noqa: E402
from secondhalf.train import schedule, trainer  # noqa: E402
from secondhalf.train.checkpoint import load_last_checkpoint  # noqa: E402
from secondhalf.train.method import make_trainable  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402
from secondhalf.train.stage import train_arm  # noqa: E402
from secondhalf.train.trainer import train_model  # noqa: E402

SETTINGS = TrainSettings(
    rank=4, learning_rate=1e-2, epochs=2, tokens_per_step=64, tokens_per_batch=32, max_length=64, checkpoint_steps=3
)


Whole = tuple[Any, Any, Path]


def made(count: int = 24) -> list[Example]:
    """Examples with something to learn: each response counts on from its prompt."""
    numbers = torch.Generator().manual_seed(5)
    starts = torch.randint(20, 60, (count,), generator=numbers).tolist()
    return [([2, *range(n, n + 12)], [-100] * 6 + list(range(n + 5, n + 12))) for n in starts]


def trained(student: Path, folder: Path, seed: int = 1, settings: TrainSettings = SETTINGS) -> tuple[Any, Any]:
    """The adapter's weights by name, and the log."""
    model = make_trainable(load_student(student)[1], settings, seed)
    log = train_model(model, made(), made(4), settings, seed, folder, "test")
    return {name: weight.detach().clone() for name, weight in model.named_parameters() if weight.requires_grad}, log


def equal(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def killed_at(student: Path, folder: Path, step: int) -> None:
    """Trains in a process that is killed one step after the checkpoint of `step`."""
    original, save = trainer._step, trainer.save_checkpoint
    done = []

    def saving(where: Path, number: int, *rest: Any) -> None:
        save(where, number, *rest)
        done.append(number)

    def stepping(*arguments: Any) -> Any:
        found = original(*arguments)
        if step in done:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    trainer._step, trainer.save_checkpoint = stepping, saving  # type: ignore[assignment]
    trained(student, folder)


@pytest.fixture(scope="module")
def whole(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A training that was not disturbed: weights, log and the folder of its checkpoints."""
    folder = tmp_path_factory.mktemp("whole")
    return *trained(student, folder), folder


def test_it_learns(whole: Whole) -> None:
    _, log, _ = whole
    assert log[-1]["loss"] < 0.8 * log[0]["loss"]
    assert log[-1]["held_out"] < 0.8 * log[0]["held_out"]
    assert log[-1]["tokens"] == SETTINGS.epochs * sum(len(ids) for ids, _ in made())
    assert [row["step"] for row in log] == list(range(1, len(log) + 1))


@pytest.mark.parametrize("step", [3, 6])
def test_killed_and_resumed_gives_the_same_bits(student: Path, tmp_path: Path, whole: Whole, step: int) -> None:
    assert len(whole[1]) > step + 1
    process = multiprocessing.get_context("spawn").Process(target=killed_at, args=(student, tmp_path, step))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert (tmp_path / f"step-{step:06d}").is_dir()
    weights, log = trained(student, tmp_path)
    assert equal(weights, whole[0])
    assert log == whole[1]


def test_resuming_does_no_finished_step_again(
    student: Path, tmp_path: Path, whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Shows that the test above does not pass by training everything anew.
    shutil.copytree(whole[2], tmp_path, dirs_exist_ok=True)
    shutil.rmtree(sorted(tmp_path.glob("step-*"))[-1])
    done = len(load_last_checkpoint(tmp_path)[1]["log"])  # type: ignore[index]
    original, taken = trainer._step, []
    monkeypatch.setattr(trainer, "_step", lambda *given: taken.append(1) or original(*given))
    trained(student, tmp_path)
    assert len(taken) == len(whole[1]) - done > 0


@pytest.mark.parametrize("harm", ["cut", "gone", "no json"])
def test_a_broken_checkpoint_is_skipped(student: Path, tmp_path: Path, whole: Whole, harm: str) -> None:
    shutil.copytree(whole[2], tmp_path, dirs_exist_ok=True)
    newest = sorted(tmp_path.glob("step-*"))[-1]
    if harm == "cut":
        data = (newest / "state.safetensors").read_bytes()
        (newest / "state.safetensors").write_bytes(data[: len(data) // 2])
    elif harm == "gone":
        (newest / "state.safetensors").unlink()
    else:
        (newest / "state.json").write_text('{"log": [', "utf-8")
    found = load_last_checkpoint(tmp_path)
    assert found is not None
    assert len(found[1]["log"]) < len(whole[1])
    weights, _ = trained(student, tmp_path)
    assert equal(weights, whole[0])


def test_a_full_disk_is_told_and_the_checkpoint_before_serves(
    student: Path, tmp_path: Path, whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    import safetensors.torch

    write, written = safetensors.torch.save_file, []

    def full(*given: Any) -> None:
        if len(written) == 1:
            raise safetensors.SafetensorError("No space left on device (os error 28)")
        write(*given)
        written.append(1)

    monkeypatch.setattr(safetensors.torch, "save_file", full)
    with pytest.raises(UserError, match=r"checkpoint of step \d+ cannot be written .*No space left.*goes on from"):
        trained(student, tmp_path)
    assert [path.name[:4] for path in tmp_path.iterdir()] == ["step"]
    monkeypatch.setattr(safetensors.torch, "save_file", write)
    assert equal(trained(student, tmp_path)[0], whole[0])


def test_another_seed_gives_another_adapter(student: Path, tmp_path: Path, whole: Whole) -> None:
    assert not equal(trained(student, tmp_path, seed=2)[0], whole[0])


def test_how_rows_are_packed_does_not_change_what_is_learned(
    student: Path, tmp_path: Path, whole: tuple[Any, Any]
) -> None:
    one = SETTINGS.model_copy(update={"tokens_per_batch": 1})
    _, log = trained(student, tmp_path, settings=one)
    # The first loss is before any update; bf16 rounds a packed row otherwise than a single one.
    assert log[0]["loss"] == pytest.approx(whole[1][0]["loss"], rel=0.01)


def test_only_the_adapter_is_trained(student: Path) -> None:
    model = make_trainable(load_student(student)[1], SETTINGS, 1)
    names = [name for name, weight in model.named_parameters() if weight.requires_grad]
    assert names
    assert all("lora_" in name for name in names)
    assert not any("lm_head" in name or "embed" in name for name in names)


def test_no_pairs_is_told(student: Path, tmp_path: Path) -> None:
    model = make_trainable(load_student(student)[1], SETTINGS, 1)
    with pytest.raises(UserError, match="no pair"):
        train_model(model, [], [], SETTINGS, 1, tmp_path, "test")


def test_a_loss_that_is_no_number_is_told_and_leaves_no_checkpoint(student: Path, tmp_path: Path) -> None:
    model = make_trainable(load_student(student)[1], SETTINGS, 1)
    with torch.no_grad():
        next(weight for name, weight in model.named_parameters() if "lora_B" in name).fill_(float("nan"))
    with pytest.raises(UserError, match=r"step 1: lower train\.learning_rate"):
        train_model(model, made(), [], SETTINGS, 1, tmp_path, "test")
    assert load_last_checkpoint(tmp_path) is None


def test_the_rate_rises_and_falls() -> None:
    settings = TrainSettings(learning_rate=1e-3, warmup=0.1)
    rates = [schedule.rate(step, 100, settings) for step in range(100)]
    assert rates[0] == pytest.approx(1e-4)
    assert max(rates) == pytest.approx(1e-3)
    assert rates.index(max(rates)) in {9, 10}
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_the_stage_writes_an_adapter_that_answers_otherwise(student: Path, tmp_path: Path) -> None:
    texts = ["past the old mill", "to the sea", "under the bridge"]
    pairs = [
        Pair(f"d{n:03d}-a", f"d{n:03d}", "words", "en", "The river runs", " on.", texts[n % 3], "dummy", "stop")
        for n in range(12)
    ]
    pairs.append(Pair("d999-a", "d999", "words", "en", "The river runs", " on.", "mill " * 200, "dummy", "stop"))
    out = Stage(tmp_path / "train" / "key")
    out.path.mkdir(parents=True)
    figures = train_arm(to_table(Pair, pairs), resolve(str(student)), SETTINGS, 1, out, "test")
    assert figures["rows_in"] == 13
    assert figures["rows"] + figures["rejected"] == 13
    assert out.read("rejects").column("id").to_pylist() == ["d999-a"]
    lines = (out.path / "log.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == figures["steps"]
    assert json.loads(lines[-1])["loss"] == figures["loss"]
    written = {path.name for path in (out.path / "adapter").iterdir()}
    assert written == {"adapter_config.json", "adapter_model.safetensors"}
    assert not (out.path / "checkpoints").exists()
    local = Local(student)
    ask: Any = [([2, 40], [50, 51])]
    before = local.loglikelihood(ask)
    local.use(out.path / "adapter")
    assert local.loglikelihood(ask) != before


def test_the_adapter_does_not_tell_where_the_student_lay(student: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(student, tmp_path / "elsewhere")
    pairs = to_table(Pair, [Pair("d-a", "d", "words", "en", "The river", " on.", "runs", "dummy", "stop")])
    kept = []
    for number, folder in enumerate((student, moved)):
        out = Stage(tmp_path / str(number))
        out.path.mkdir()
        model = resolve(str(folder))
        train_arm(pairs, type(model)("hf:some/student", folder, model.identity), SETTINGS, 1, out, "test")
        kept.append([path.read_bytes() for path in sorted((out.path / "adapter").iterdir())])
    assert kept[0] == kept[1]
    assert str(student).encode() not in kept[0][0]
