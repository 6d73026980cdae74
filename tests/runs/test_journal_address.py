"""`journal:` of a recipe: the same pairs from a database as from the store's file, and what is in it costs nothing again."""

from pathlib import Path
from typing import Any

import pytest

from secondhalf.commands.dry_run import dry_run
from secondhalf.errors import UserError
from secondhalf.models.engines.dummy import Dummy
from secondhalf.pipeline import run_pipeline
from secondhalf.recipe.load import load_recipe
from secondhalf.runs import Label
from secondhalf.runs.opening import opened
from support.recipes import tiny_recipe


def _pairs(recipe: Path, folder: Path) -> list[dict[str, Any]]:
    with opened(load_recipe(recipe), folder / "runs", folder / "store") as run:
        run_pipeline(run, "teach")
        [estimate] = dry_run(run)
        assert estimate.calls == estimate.from_journal > 20
        return run.stage(Label("teach", data="taught")).read().to_pylist()


def test_pairs_are_those_of_the_stores_own_file_and_another_store_pays_nothing(
    postgresql_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = _pairs(tiny_recipe(tmp_path / "a.yaml"), tmp_path / "file")
    recipe = tiny_recipe(tmp_path / "b.yaml", journal=postgresql_address)
    first = _pairs(recipe, tmp_path / "first")
    assert not (tmp_path / "first/store/journal.sqlite").exists()
    monkeypatch.setattr(Dummy, "generate", lambda *_: pytest.fail("a stored reply was asked again"))
    assert file == first == _pairs(recipe, tmp_path / "second")


@pytest.mark.parametrize("journal", ["mysql://h/x", "journal.sqlite", "postgresql:/h/x"])
def test_another_kind_of_address_is_refused_by_the_recipe(journal: str, tmp_path: Path):
    with pytest.raises(UserError, match="journal: write postgresql://HOST/NAME"):
        load_recipe(tiny_recipe(tmp_path / "r.yaml", journal=journal))
