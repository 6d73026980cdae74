"""The probe's stage with a tiny student: which pairs it samples, what it measures, and that a memorising arm is caught."""

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.analysis.overfitting import of_arm  # noqa: E402
from secondhalf.models.generation.student import StudentModel  # noqa: E402
from secondhalf.models.reference import resolve  # noqa: E402
from secondhalf.probe.settings import ProbeSettings  # noqa: E402
from secondhalf.probe.stage import probe_model, sample_pairs  # noqa: E402
from secondhalf.probe.texts import load_texts  # noqa: E402
from secondhalf.recipe.report import LimitSettings  # noqa: E402
from secondhalf.rows import FIRST_HALF, Pair, digest, to_table  # noqa: E402
from secondhalf.store.stage import Stage  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402
from secondhalf.train.stage import train_arm  # noqa: E402
from support.llama_tokenizer import llama_tokenizer  # noqa: E402
from support.tiny_student import tokenizer  # noqa: E402

TRAIN = TrainSettings(rank=16, learning_rate=1e-2, epochs=100, tokens_per_step=128, max_length=256, held_out=0.4)
SETTINGS = ProbeSettings(pairs=6, span=12, span_spaceless=6, max_tokens=16, documents=3)


def pairs(count: int = 12) -> Any:
    """Each prompt a number, each reply letters of its own: nothing to learn but by heart."""
    rows = []
    for number in range(count):
        document = digest("document", str(number))
        reply = " ".join(digest("reply", str(number))[:20])
        rows.append(
            Pair(f"{document}-s", document, "words", "en", f"{number}{number}", " rest of it", reply, "t", "stop")
        )
    return to_table(Pair, sorted(rows, key=lambda pair: pair.id))


def test_the_choice_is_seeded_disjoint_and_grows() -> None:
    table = pairs(100)
    refused = table.column("id").to_pylist()[:3]
    trained, held_out, documents = sample_pairs(table, refused, TRAIN, SETTINGS)
    assert (len(trained), len(held_out), len(documents)) == (6, 6, 3)
    ids = [{pair.id for pair in sample} for sample in (trained, held_out)]
    assert not ids[0] & ids[1]
    assert not (ids[0] | ids[1]) & set(refused)
    more = sample_pairs(table, refused, TRAIN, SETTINGS.model_copy(update={"pairs": 12}))
    assert more[0][:6] == trained
    assert sample_pairs(table, refused, TRAIN, SETTINGS.model_copy(update={"seed": 2}))[0] != trained


def test_what_decides_is_in_the_key() -> None:
    first = TRAIN.deciding("probe")
    assert first.keys() == {"template", "max_length", "held_out"}
    assert TRAIN.model_copy(update={"held_out": 0.1}).deciding("probe") != first
    assert TRAIN.model_copy(update={"learning_rate": 1.0}).deciding("probe") == first


def tables(stage: Stage) -> dict[str, dict[str, float]]:
    figures: dict[str, dict[str, float]] = {}
    for row in stage.read().to_pylist():
        figures.setdefault(row["figure"], {})[row["id"]] = row["value"]
    return figures


def test_an_arm_that_learned_by_heart_is_caught(student: Path, tmp_path: Path) -> None:
    table = pairs()
    trained = Stage(tmp_path / "train" / "key")
    trained.path.mkdir(parents=True)
    train_arm(table, resolve(str(student)), TRAIN, 1, trained, "test")
    model, figures = StudentModel(student), []
    for name, adapter in (("before", None), ("after", trained.path / "adapter")):
        stage = Stage(tmp_path / "probe" / name)
        stage.path.mkdir(parents=True)
        model.use(adapter)
        probe_model(model, table, [], TRAIN, SETTINGS, stage, "test")
        figures.append(tables(stage))
    before, after = figures
    assert sum(before["trained_reply"].values()) == 0
    assert sum(after["trained_reply"].values()) >= 3
    assert sum(after["held_out_reply"].values()) == 0
    assert set(after["trained_original"].values()) == {0.0}  # it was not trained on
    assert max(after["trained_loss"].values()) < min(before["trained_loss"].values())
    assert {len(after[name]) for name in ("plain_en", "plain_ja")} == {10}
    probes = {probe.figure: probe for probe in of_arm("taught", before, [after], LimitSettings(gap=0.5))}
    assert probes["gap"].state == "over"
    assert probes["gap"].untouched == pytest.approx(sum(before["trained_loss"].values()) / 6)
    assert probes["leak_reply"].value >= 0.5
    assert probes["leak_reply"].state == "over"
    assert probes["leak_original"].state == "undecided"  # six pairs show nothing
    assert probes["forgotten_en"].rows == 10


class Listener:
    """A model that keeps what it is handed."""

    adapter: Path | None = Path("adapter")
    temperature = 1.0

    def __init__(self, text_tokenizer: Any) -> None:
        self.tokenizer, self.handed = text_tokenizer, list[list[int]]()

    def loglikelihood(self, pairs: list[tuple[list[int], list[int]]], *, label: str) -> list[tuple[float, int]]:
        self.handed += [before + after for before, after in pairs]
        return [(-1.0, len(after)) for _, after in pairs]


def bare(text_tokenizer: Any) -> Any:
    """A tokenizer that names a beginning token and adds it to nothing, as SmolLM2's."""
    from tokenizers import processors

    text_tokenizer.backend_tokenizer.post_processor = processors.Sequence([])
    return text_tokenizer


@pytest.mark.parametrize("kind", ["bytes", "bytes-bare", "llama", "llama-bare", "llama-new"])
def test_plain_text_is_begun_as_the_tokenizer_begins_it(kind: str, tmp_path: Path) -> None:
    text_tokenizer = tokenizer() if kind.startswith("bytes") else llama_tokenizer(legacy=kind != "llama-new")
    model = Listener(bare(text_tokenizer) if kind.endswith("bare") else text_tokenizer)
    stage = Stage(tmp_path / "probe")
    stage.path.mkdir(parents=True)
    probe_model(model, pairs(), [], TRAIN, SETTINGS.model_copy(update={"pairs": 0}), stage, "test")  # type: ignore[arg-type]
    expected = [text_tokenizer(text.text).input_ids[: TRAIN.max_length] for text in load_texts()]
    assert model.handed[-len(expected) :] == expected


def test_a_forgotten_document_is_read_whole_though_its_reply_stood_under_another_half(tmp_path: Path) -> None:
    model, table = Listener(tokenizer()), pairs()
    own = table.column("prompt").to_pylist()
    dealt = table.set_column(table.column_names.index("prompt"), "prompt", [[*own[1:], own[0]]])
    heard = []
    for name, one in (("paired", table), ("dealt", dealt.append_column(FIRST_HALF, [own]))):
        stage = Stage(tmp_path / name)
        stage.path.mkdir(parents=True)
        model.handed.clear()
        probe_model(model, one, [], TRAIN, SETTINGS.model_copy(update={"pairs": 0}), stage, "test")  # type: ignore[arg-type]
        heard.append(list(model.handed))
    assert heard[0] == heard[1]
    assert len(heard[0]) > len(load_texts())


def test_an_untouched_student_reads_the_same_texts_once(tmp_path: Path) -> None:
    model, heard, scores = Listener(tokenizer()), [], []
    for number, adapter in enumerate((None, None, Path("adapter"), None)):
        model.adapter = adapter
        model.handed.clear()
        stage = Stage(tmp_path / str(number))
        stage.path.mkdir(parents=True)
        probe_model(model, pairs(), [], TRAIN, SETTINGS.model_copy(update={"pairs": 0}), stage, "test")  # type: ignore[arg-type]
        heard.append(len(model.handed))
        scores.append(stage.read("part").to_pylist())
    assert heard == [heard[0], 0, heard[0], 0]
    assert heard[0] > len(load_texts())
    assert scores[1] == scores[0]
    fewer = SETTINGS.model_copy(update={"pairs": 0, "documents": 1})
    stage = Stage(tmp_path / "fewer")
    stage.path.mkdir(parents=True)
    probe_model(model, pairs(), [], TRAIN, fewer, stage, "test")  # type: ignore[arg-type]
    assert len(model.handed) == len(load_texts()) + 1
