"""`secondhalf store`: what it lists, what it asks, and what it refuses."""

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.recipe.recipe import Recipe
from secondhalf.runs import Label, opened
from secondhalf.store import Stage, Store


def _recipe(name: str, sample: int) -> Recipe:
    arms = {"taught": {"student": "base", "data": {"taught": 1}}}
    return Recipe.model_validate(
        {"name": name, "data": {"taught": {}}, "students": {"base": "x"}, "arms": arms, "corpus": {"sample": sample}}
    )


def _run(name: str, sample: int, runs: str = "runs") -> Stage:
    recipe = _recipe(name, sample)
    with opened(recipe, Path(runs), Path("store")) as run:
        return run.make(Label("corpus"), (1,), recipe.corpus, {}, lambda stage: {})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch) -> Path:
    """Two runs, one of them removed, in the current folder."""
    monkeypatch.chdir(tmp_path)
    _run("kept", 5)
    _run("gone", 6)
    shutil.rmtree("runs/gone")
    return tmp_path


def test_without_a_terminal_it_refuses_and_with_yes_it_goes_to_the_trash(capsys):
    stages = Store(Path("store")).stages()
    assert main(["store", "--prune"]) == 2
    assert "add --yes. Nothing was removed." in capsys.readouterr().err
    assert [stage.path.is_dir() for stage in stages] == [True, True]
    assert main(["store", "--prune", "--yes"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("corpus/") == 1
    assert "MB" in printed
    assert "Moved to store/trash/" in printed
    assert len(Store(Path("store")).stages()) == 1
    assert main(["store", "--prune"]) == 0  # nothing to be asked
    assert "Nothing." in capsys.readouterr().out
    assert main(["store", "--prune", "--yes", "--json", "--keep-trash", "0h"]) == 0
    assert [row["state"] for row in json.loads(capsys.readouterr().out)["stages"]] == ["removed for good"]
    assert list(Path("store/trash").iterdir()) == []


@pytest.mark.parametrize(("answer", "left", "code"), [("y", 1, 0), ("n", 2, 2), ("", 2, 2)])
def test_at_a_terminal_it_lists_sizes_and_asks(answer: str, left: int, code: int):
    main_end, other_end = pty.openpty()
    os.write(main_end, f"{answer}\n".encode())
    command = [sys.executable, "-m", "secondhalf", "store", "--prune"]
    done = subprocess.run(command, stdin=other_end, capture_output=True, text=True, check=False, timeout=60)
    assert "MB" in done.stdout
    assert "[y/N]" in done.stdout
    assert done.returncode == code
    assert len(Store(Path("store")).stages()) == left


def test_runs_of_another_folder_are_known_and_their_stages_kept(capsys):
    other = _run("other", 7, runs="elsewhere/runs")
    half_done = _half_done("half", 8)
    assert main(["store", "--prune", "--yes"]) == 0
    assert other.whole
    assert half_done.is_dir()
    shutil.rmtree("elsewhere")  # the whole folder: perhaps a disk that is not mounted
    capsys.readouterr()
    assert main(["store", "--prune", "--yes"]) == 0
    assert "elsewhere/runs/other, which cannot be seen from here" in capsys.readouterr().out
    assert other.whole


def _half_done(name: str, sample: int) -> Path:
    def work(stage: Stage) -> dict[str, object]:
        raise KeyboardInterrupt

    recipe = _recipe(name, sample)
    with pytest.raises(KeyboardInterrupt), opened(recipe, Path("runs"), Path("store")) as run:
        run.make(Label("corpus"), (1,), recipe.corpus, {}, work)
    [stage] = [stage for stage in Store(Path("store")).stages() if not stage.whole]
    return stage.path


def test_both_may_be_moved_together(tmp_path: Path, monkeypatch):
    (tmp_path / "moved").mkdir()
    for name in ("store", "runs"):
        Path(name).rename(Path("moved", name))
    monkeypatch.chdir(tmp_path / "moved")
    assert main(["store", "--prune", "--yes"]) == 0
    assert len(Store(Path("store")).stages()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--runs", "nowhere"], "nowhere is no folder"),
        (["--runs", "empty"], "No run in empty points to any stage"),
        (["--store", "."], ". is no store of secondhalf"),
        (["--store", "nowhere"], "nowhere is no store of secondhalf"),
        (["--store", "file"], "file is no store of secondhalf"),
        (["--keep-trash", "soon"], "--keep-trash soon: write a number"),
    ],
)
def test_where_it_cannot_be_told_nothing_is_touched(tmp_path: Path, capsys, arguments: list[str], message: str):
    Path("empty").mkdir()
    Path("file").touch()
    before = set(tmp_path.rglob("*"))
    assert main(["store", "--prune", "--yes", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert set(tmp_path.rglob("*")) == before


def test_a_store_that_is_reached_through_a_link_is_pruned_as_itself(tmp_path: Path):
    Path("link").symlink_to("store")
    assert main(["store", "--prune", "--yes", "--store", "link"]) == 0
    assert len(Store(Path("store")).stages()) == 1


def test_a_shared_store_is_open_to_its_group_and_stays_so(capsys):
    previous = os.umask(0o077)
    try:
        assert main(["store", "--share"]) == 0
        assert "is shared with" in capsys.readouterr().out
        _run("more", 9)
    finally:
        os.umask(previous)
    modes = {path.relative_to("store"): path.stat().st_mode & 0o7777 for path in Path("store").rglob("*")}
    folders = {path for path in modes if (Path("store") / path).is_dir()}
    assert {modes[path] for path in folders} == {0o2770}
    assert {modes[path] for path in modes.keys() - folders} == {0o660}
    assert Path("runs/more").stat().st_mode & 0o7777 == 0o700
    assert main(["store", "--share", "no-such-group"]) == 2
    assert "there is no such group" in capsys.readouterr().err


@pytest.mark.parametrize("second", [["--pull", "memory://b/x"], ["--prune"], ["--check"], ["--share"]])
def test_of_two_things_to_do_none_is_passed_over(second: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store", "--push", "memory://b/x", *second]) == 2
    assert "not allowed with argument --push" in capsys.readouterr().err
