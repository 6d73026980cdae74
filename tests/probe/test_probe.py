"""The probe's stage with a tiny student: which pairs it takes, what it measures, and that a memorising arm is caught."""

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.analysis.overfitting import of_arm  # noqa: E402
from secondhalf.models.generation.student import Local  # noqa: E402
from secondhalf.models.reference import resolve  # noqa: E402
from secondhalf.probe import texts  # noqa: E402
from secondhalf.probe.settings import ProbeSettings  # noqa: E402
from secondhalf.probe.stage import chosen, probe  # noqa: E402
from secondhalf.recipe.report import LimitSettings  # noqa: E402
from secondhalf.rows import Pair, digest, to_table  # noqa: E402
from secondhalf.store.stages import Stage  # noqa: E402
from secondhalf.train import stage as training  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402

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
    known, held, documents = chosen(table, refused, TRAIN, SETTINGS)
    assert (len(known), len(held), len(documents)) == (6, 6, 3)
    ids = [{pair.id for pair in some} for some in (known, held)]
    assert not ids[0] & ids[1]
    assert not (ids[0] | ids[1]) & set(refused)
    more = chosen(table, refused, TRAIN, SETTINGS.model_copy(update={"pairs": 12}))
    assert more[0][:6] == known
    assert chosen(table, refused, TRAIN, SETTINGS.model_copy(update={"seed": 2}))[0] != known


def test_what_decides_is_in_the_key() -> None:
    first = TRAIN.deciding("probe")
    assert TRAIN.model_copy(update={"held_out": 0.1}).deciding("probe") != first
    assert TRAIN.model_copy(update={"learning_rate": 1.0}).deciding("probe") == first
    assert first.keys() == {"template", "max_length", "held_out"}


def test_our_own_texts_come_in_pairs_of_languages() -> None:
    found = texts.load()
    names = {language: {t.id.partition("-")[2] for t in found if t.language == language} for language in ("en", "ja")}
    assert names["en"] == names["ja"]
    assert len({text.id for text in found}) == len(found) == 20
    assert all(len(text.text) > (150 if text.language == "ja" else 400) for text in found)


def tables(stage: Stage) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for row in stage.read().to_pylist():
        found.setdefault(row["figure"], {})[row["id"]] = row["value"]
    return found


def test_an_arm_that_learned_by_heart_is_caught(student: Path, tmp_path: Path) -> None:
    table = pairs()
    trained = Stage(tmp_path / "train" / "key")
    trained.path.mkdir(parents=True)
    training.fit(table, resolve(str(student)), TRAIN, 1, trained, "test")
    model, found = Local(student), []
    for name, adapter in (("before", None), ("after", trained.path / "adapter")):
        stage = Stage(tmp_path / "probe" / name)
        stage.path.mkdir(parents=True)
        model.use(adapter)
        probe(model, table, [], TRAIN, SETTINGS, stage, "test")
        found.append(tables(stage))
    before, after = found
    assert sum(before["trained_reply"].values()) == 0
    assert sum(after["trained_reply"].values()) >= 3
    assert sum(after["held_out_reply"].values()) == 0
    assert set(after["trained_original"].values()) == {0.0}  # it was not trained on
    assert max(after["trained_loss"].values()) < min(before["trained_loss"].values())
    assert {len(after[name]) for name in ("plain_en", "plain_ja")} == {10}
    probes = {one.figure: one for one in of_arm("taught", before, [after], LimitSettings(gap=0.5))}
    assert probes["gap"].state == "over"
    assert probes["gap"].untouched == pytest.approx(sum(before["trained_loss"].values()) / 6)
    assert probes["leak_reply"].value >= 0.5
    assert probes["leak_reply"].state == "over"
    assert probes["leak_original"].state == "undecided"  # six pairs show nothing
    assert probes["forgotten_en"].rows == 10
