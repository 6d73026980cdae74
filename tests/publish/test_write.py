"""A data set's folder: its files, its card, and that others' documented schemas fit it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from ruamel.yaml import YAML

from secondhalf.errors import UserError
from secondhalf.publish.chosen import choose_pairs
from secondhalf.publish.forms import FORMS
from secondhalf.publish.write import write_data_set
from secondhalf.report.words import published_words
from secondhalf.runs import Run
from support.paired_run import paired_run, some_pairs

PAIRS = [*some_pairs(30), *(some_pairs(32, "length")[30:])]
HELD = {"train": {"held_out": 0.3}}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return paired_run(tmp_path, {"audit:taught": PAIRS}, **HELD, notices=["Terms [apply](x)"])


def _rows(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return rows
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("form", FORMS)
def test_the_splits_are_those_of_training(run: Run, tmp_path: Path, form: str):
    chosen, out = choose_pairs(run), tmp_path / "out"
    written = write_data_set(chosen, form, out)
    expected = 32 if form == "parquet" else 30
    assert written.counts["train"] + written.counts["validation"] == expected
    assert written.counts.get("unfinished", 0) == 32 - expected
    by_id = {pair.id: chosen.split(pair) for pair in PAIRS}
    for split, file in written.files.items():
        ids = [row["id"] for row in _rows(out / file)]
        assert ids == sorted(ids)
        assert {by_id[id] for id in ids} == {split}
        assert len(ids) == written.counts[split]
    again = tmp_path / "again"
    write_data_set(chosen, form, again, place=str(out))
    assert all((out / path.name).read_bytes() == path.read_bytes() for path in again.iterdir())


@pytest.mark.parametrize("form", FORMS)
def test_it_loads_in_datasets(run: Run, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch):
    datasets = pytest.importorskip("datasets")
    written = write_data_set(choose_pairs(run), form, tmp_path / "out")
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {split: len(rows) for split, rows in loaded.items()} == {
        split: written.counts[split] for split in written.files
    }
    assert [row["id"] for row in loaded["train"]] == [
        row["id"] for row in _rows(tmp_path / "out" / written.files["train"])
    ]


def test_nothing_held_out_is_no_file(tmp_path: Path):
    run = paired_run(tmp_path, {"audit:taught": PAIRS}, train={"held_out": 0})
    assert set(write_data_set(choose_pairs(run), "messages", tmp_path / "out").files) == {"train"}
    assert "validation" not in (tmp_path / "out" / "README.md").read_text("utf-8").partition("# made")[2].replace(
        "train.held", ""
    )


def test_a_folder_that_exists_stays(run: Run, tmp_path: Path):
    (tmp_path / "out").mkdir()
    with pytest.raises(UserError, match="exists: name another --out"):
        write_data_set(choose_pairs(run), "messages", tmp_path / "out")


def test_no_pair_that_a_form_can_say(tmp_path: Path):
    run = paired_run(tmp_path, {"audit:taught": some_pairs(3, "length")})
    with pytest.raises(UserError, match=r"No pair of taught can be said as alpaca \(3 unfinished\): `--as parquet`"):
        write_data_set(choose_pairs(run), "alpaca", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert list(tmp_path.glob(".out*")) == []


def test_all_held_out(tmp_path: Path):
    run = paired_run(tmp_path, {"audit:taught": some_pairs(3)}, train={"held_out": 0.95})
    with pytest.raises(UserError, match=r"All 3 pairs of taught are held out: lower train\.held_out"):
        write_data_set(choose_pairs(run), "messages", tmp_path / "out")


@pytest.mark.parametrize("form", ["messages", "sharegpt", "alpaca", "parquet"])
def test_llama_factory_s_description_as_its_readme_has_it(run: Run, tmp_path: Path, form: str):
    """data/README.md: file_name, formatting alpaca or sharegpt, columns and tags that name what is in the file."""
    write_data_set(choose_pairs(run), form, tmp_path / "out")
    info = json.loads((tmp_path / "out" / "dataset_info.json").read_text("utf-8"))
    assert set(info) == {"made_taught", "made_taught_validation"}
    for entry in info.values():
        row = _rows(tmp_path / "out" / entry["file_name"])[0]
        assert entry.keys() <= {"file_name", "formatting", "columns", "tags"}
        assert set(entry["columns"].values()) <= row.keys()
        if entry.get("formatting", "alpaca") == "alpaca":
            assert (
                {"prompt", "response"}
                <= entry["columns"].keys()
                <= {"prompt", "query", "response", "history", "system"}
            )
            continue
        tags = {"role_tag": "from", "content_tag": "value", "user_tag": "human", "assistant_tag": "gpt"} | entry.get(
            "tags", {}
        )
        turns = row[entry["columns"]["messages"]]
        assert [turn[tags["role_tag"]] for turn in turns] == [tags["user_tag"], tags["assistant_tag"]]
        assert all(turn[tags["content_tag"]] for turn in turns)


@pytest.mark.parametrize("form", ["messages", "sharegpt", "alpaca"])
def test_axolotl_s_lines_name_what_is_in_the_file(run: Run, tmp_path: Path, form: str):
    """docs/dataset-formats: chat_template with field_messages and message_property_mappings; alpaca has instruction and output. The
    folder is loaded as a data set of a hub is, by its card's splits."""
    write_data_set(choose_pairs(run), form, tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    lines = card.partition("### axolotl")[2].partition("```yaml\n")[2].partition("```")[0]
    settings = YAML(typ="safe").load(lines)
    [entry], [held] = settings["datasets"], settings["test_datasets"]
    assert held == entry | {"split": "validation"}
    row = _rows(Path(entry["path"]) / "train.jsonl")[0]
    if entry["type"] == "alpaca":
        assert {"instruction", "input", "output"} <= row.keys()
        return
    assert entry["type"] == "chat_template"
    names = entry.get("message_property_mappings", {"role": "role", "content": "content"})
    assert set(row[entry["field_messages"]][0]) == set(names.values())


def test_the_card(run: Run, tmp_path: Path):
    write_data_set(choose_pairs(run), "messages", tmp_path / "out", language="en")
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    header = YAML(typ="safe").load(card.split("---\n")[1])
    assert header["license"] == "unknown"  # of some texts none is recorded
    assert header["language"] == ["en", "ja"]
    assert header["size_categories"] == ["n<1K"]
    files = header["configs"][0]["data_files"]
    assert files == [{"split": "train", "path": "train.jsonl"}, {"split": "validation", "path": "validation.jsonl"}]
    assert "CC0-1.0: 25 pairs" in card
    assert "no licence recorded: find out before you publish: 7 pairs" in card
    assert "2 pairs are left out" in card
    assert r"**Terms \[apply\]\(x\)**" in card
    assert "| `messages` | [{role, content}] |" in card
    assert "/home/me" not in card


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_card_uses_all_its_words(tmp_path: Path, language: Any, monkeypatch: pytest.MonkeyPatch):
    taken = set[str]()

    class Recording(dict[str, str]):
        def __getitem__(self, key: str) -> str:
            taken.add(key)
            return super().__getitem__(key)

    monkeypatch.setattr(
        "secondhalf.publish.card.published_words", lambda language: Recording(published_words(language))
    )
    own = [*some_pairs(2), replace(some_pairs(3)[2], prompt=""), replace(some_pairs(4)[3], response="")]
    runs = [
        paired_run(tmp_path / "a", {"audit:taught": PAIRS}, licences=["", *map(str, range(25))], **HELD),
        paired_run(tmp_path / "b", {"audit:mine": own}, licences=[], train={"held_out": 0},
                   data={"mine": {"instructions": {"path": "x.jsonl"}}}),
        paired_run(tmp_path / "c", {"audit:taught": [replace(PAIRS[0], document="unknown")]}),
    ]  # fmt: skip
    for number, (one, data) in enumerate(zip(runs, ("taught", "mine", "taught"), strict=True)):
        write_data_set(choose_pairs(one, data=data), "messages", tmp_path / str(number), language=language)
    assert set(published_words(language)) == taken
