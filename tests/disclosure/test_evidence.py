"""What is gathered of a run: counted by hand, about the arm that is meant, and a sentence where it cannot be."""

from pathlib import Path

import pytest

from secondhalf.disclosure.evidence import gather
from secondhalf.disclosure.training_data import ModelUsed
from secondhalf.errors import UserError
from secondhalf.models.reference import file_hash
from support.disclosed_run import HASH, disclosed_run, exported


def test_counts_by_hand(tmp_path: Path) -> None:
    evidence = gather(disclosed_run(tmp_path), "taught", None)
    [data] = evidence.data
    assert (data.name, data.pairs, data.languages) == ("taught", 2, {"en": 2})
    assert (data.sources, data.licences, data.hosts) == ({"plain": 2}, {"plain licence": 2}, {"example.org": 2})
    assert data.size == 2 * len("plain" + "reply plain")
    assert [(model.reference, model.identity) for model in data.writers] == [("dummy", HASH)]
    [file] = data.files
    assert (file.path, file.sha256) == ("audit/a/part-00000.parquet", file_hash(tmp_path / "store" / file.path))
    assert [(one.benchmark, one.prompts, one.contaminated) for one in evidence.overlaps] == [("ifeval", 2, 1)]
    counts = {(str(one.label), one.check): (one.looked, one.findings, one.refused) for one in evidence.checks}
    assert counts == {
        ("clean", "adult"): (4, 1, 1),
        ("clean", "personal"): (4, 1, 0),
        ("audit:taught", "instruction_prompt"): (3, 1, 1),
    }
    assert [(step.stage, step.rows_in, step.rows_out) for step in evidence.funnel][-1] == ("audit", 3, 2)


def test_the_model_and_its_files(tmp_path: Path) -> None:
    model = gather(disclosed_run(tmp_path), "taught", None).model
    assert model
    assert (model.arm, model.seed, model.base.identity) == ("taught", 1, HASH)
    assert [file.path for file in model.files] == ["train/w/adapter/adapter_model.safetensors"]


def test_pairs_alone_have_no_model_and_all_data_sets(tmp_path: Path) -> None:
    evidence = gather(disclosed_run(tmp_path, student=None), None, None)
    assert evidence.model is None
    assert [(one.name, one.pairs, bool(one.writers)) for one in evidence.data] == [
        ("taught", 2, True),
        ("original", 3, False),
    ]


@pytest.mark.parametrize(
    ("arm", "seed", "sentence"),
    [
        (None, None, "trains several arms: name one of original, taught with --arm"),
        ("teached", None, "has no arm teached; did you mean untouched"),
        ("original", None, "has no trained arm original under the seed 1"),
        ("taught", 7, "has no trained arm taught under the seed 7"),
        ("untouched", None, "has no trained arm untouched"),
    ],
)
def test_an_arm_that_cannot_be_meant(tmp_path: Path, arm: str | None, seed: int | None, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        gather(disclosed_run(tmp_path), arm, seed)


def test_a_run_without_pairs(tmp_path: Path) -> None:
    run = disclosed_run(tmp_path, student=None)
    (run.folder / "stages.json").write_text("{}", "utf-8")
    with pytest.raises(UserError, match="no audited pairs yet"):
        gather(run, None, None)


def test_an_export_s_files_are_named(tmp_path: Path) -> None:
    evidence = gather(disclosed_run(tmp_path), "taught", 1, export=exported(tmp_path / "out"))
    assert evidence.model
    assert [file.path for file in evidence.model.files] == ["README.md", "export.json"]


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        ({"arm": "original"}, r"is not as it was exported \(export\.json is another\)"),
        ({"arm": "original", "stage": "audit/o"}, "is an export of original under the seed 1, not of taught under 1"),
        ({"run": "another"}, "was exported from another run"),
        ({"files": {"gone": HASH}}, "is not as it was exported"),
        ({"files": 3}, "is damaged"),
    ],
)
def test_another_export(tmp_path: Path, record: dict[str, object], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        gather(disclosed_run(tmp_path), "taught", 1, export=exported(tmp_path / "out", **record))


def test_a_folder_that_is_no_export(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="name the folder that an export wrote"):
        gather(disclosed_run(tmp_path), "taught", 1, export=tmp_path)
    with pytest.raises(UserError, match="has no trained arm, so"):
        gather(disclosed_run(tmp_path / "other", student=None), None, None, export=tmp_path)


@pytest.mark.parametrize("file", ["audit/a/part-00000.parquet", "train/w/adapter/adapter_model.safetensors"])
def test_nothing_is_stated_of_a_damaged_file(tmp_path: Path, file: str) -> None:
    run, path = disclosed_run(tmp_path), tmp_path / "store" / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(UserError, match="is damaged"):
        gather(run, "taught", None)


def test_a_name_of_64_signs_is_no_hash(tmp_path: Path) -> None:
    name = "m" * 64
    assert ModelUsed("served", name).sha256 == ""
    assert ModelUsed("file", HASH).sha256 == HASH
