"""One flipped bit anywhere in a run and its store changes nothing that is read: it is named, or it has no effect."""

import json
import shutil
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.errors import UserError
from secondhalf.runs.run import find
from secondhalf.store import Store
from support.flips import everything, files, flip
from support.recipes import tiny_recipe
from support.runs import stored_files

FLIPS = 40


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, student: Path) -> Path:
    """The folder of a tiny run that is finished: every kind of table, an adapter, its log, a report and a journal."""
    folder = tmp_path_factory.mktemp("finished")
    arms = {"original": None, "taught": {"compare_to": ["untouched"]}}
    few = {"train": {"seeds": [1]}, "corpus": {"sample": 30}, "arms": arms, "data": {"original": None}}
    recipe = tiny_recipe(folder / "tiny.yaml", student, **few)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["run", str(recipe)]) == 0
    return folder


@pytest.fixture
def run(tmp_path: Path, finished: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, which is the current one."""
    for name in ("store", "runs"):
        shutil.copytree(finished / name, tmp_path / name)
    shutil.copy(finished / "tiny.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _check(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, str]]]:
    capsys.readouterr()
    code = main(["store", "--check", "--json"])
    return code, json.loads(capsys.readouterr().out).get("damaged", [])


def test_a_store_that_is_not_there_is_no_damaged_one(run: Path, capsys):
    assert main(["store", "--check", "--store", "none"]) == 2
    assert "There is no store at none: name it with --store." in capsys.readouterr().err


# All that a run holds is read 40 times over: 5 s on two idle cores.
def test_no_flipped_bit_is_read_as_other_data(run: Path, capsys):
    undisturbed = everything(run)
    assert _check(capsys) == (0, [])
    paths = files(run)
    assert len(paths) > FLIPS
    # Every kind of file: those that come seldom first, then of the tables every n-th.
    tables = [path for path in paths if path.suffix == ".parquet"]
    others = {path.name: path for path in paths if path.suffix != ".parquet"}
    for path in [*others.values(), *tables[:: max(1, len(tables) // (FLIPS - len(others)))]]:
        whole = path.read_bytes()
        flip(path, f"1 {path.name}")
        try:
            outcome = "the same" if everything(run) == undisturbed else "other data"
        except UserError:
            outcome = "a sentence"
        code, _ = _check(capsys)
        assert outcome != "other data", path
        # What is not read for the figures may be the page itself: the check names it.
        assert code or outcome == "the same", path
        # What is no result at all (locks, indices that SQLite builds anew) has no checksum.
        assert code or path.name in {"checksums.txt", "store.json", ".lock"} or path.name.startswith("journal"), path
        path.write_bytes(whole)


@pytest.mark.parametrize(
    "place", ["store/clean/*/part-*", "store/teach/*/manifest.json", "store/train/*/adapter/*.safetensors", "store/train/*/log.jsonl",
              "runs/tiny/stages.json", "runs/tiny/recipe.yaml", "runs/tiny/report/facts.json", "runs/tiny/report/index.html"],
)  # fmt: skip
def test_the_next_run_mends_what_is_damaged(run: Path, place: str, capsys):
    before, links = stored_files(run), (run / "runs/tiny/stages.json").read_bytes()
    path = sorted(run.glob(place))[0]
    flip(path, "1")
    code, [damage] = _check(capsys)
    assert code == 1
    assert run / damage["file"] == path
    assert "`secondhalf r" in damage["next"]
    assert main(["store", "--check"]) == 1
    assert f"{damage['file']} is damaged ({damage['reason']}): {damage['next']}." in capsys.readouterr().out
    assert main(["run", "tiny.yaml"]) == 0
    assert _check(capsys) == (0, [])
    after = {name: data for name, data in stored_files(run).items() if "/damaged/" not in name}
    assert after == before
    if "stages.json" not in place:
        assert set(json.loads(links)) == set(json.loads((run / "runs/tiny/stages.json").read_bytes()))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"clean": 1}', '{"none:such": {"stage": "a/b", "reused": true}}'])
def test_links_that_cannot_be_read_are_named_and_written_again(run: Path, text: str, capsys):
    for old in (False, True):
        (run / "runs/tiny/stages.json").write_text(text, "utf-8")
        if old:  # a run of before there were checksums
            (run / "runs/tiny/checksums.txt").unlink()
        with pytest.raises(UserError, match=r"stages\.json .*`secondhalf run RECIPE` writes it again"):
            find("tiny", run / "runs", Store(run / "store")).links()
        assert main(["show", "tiny", "corpus"]) == 2
        assert _check(capsys)[0] == 1
        assert main(["clean", "tiny.yaml"]) == 0
        assert len(find("tiny", run / "runs", Store(run / "store")).links()) > 1


def test_a_recipe_that_was_changed_in_the_runs_folder_is_not_taken_for_what_ran(run: Path, capsys):
    path = run / "runs/tiny/recipe.yaml"
    path.write_text(path.read_text("utf-8").replace("rank: 4", "rank: 5"), "utf-8")
    for command in (
        ["run", str(path)],
        ["show", "tiny", "--json"],
        ["export", "tiny", "--arm", "taught", "--out", "out"],
    ):
        capsys.readouterr()
        assert main(command) == 2
        assert "recipe.yaml is not as it was written" in capsys.readouterr().err


def test_a_stage_that_is_gone_is_named_with_the_run_that_makes_it(run: Path, capsys):
    stage = next((run / "store/split").iterdir())
    shutil.rmtree(stage)
    code, [damage] = _check(capsys)
    assert (code, damage["reason"]) == (1, "it is missing")
    assert damage["next"] == "the next `secondhalf run` of tiny makes it again"
