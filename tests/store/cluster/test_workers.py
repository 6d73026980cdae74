"""A recipe on Ray makes the tables of a local run, byte for byte, whatever happens to nodes."""

from pathlib import Path
from typing import Any

import pytest

from secondhalf import api
from secondhalf.clean.duplicates import signatures
from secondhalf.store import mapper
from support.clusters import kill_during, tables, write_corpus
from support.recipes import tiny_recipe

pytestmark = pytest.mark.extras

STAGES = ("corpus", "clean", "deduplicate", "split", "teach", "audit")
FUNCTIONS = ("_scan_alone", "clean_documents", "compute_signatures", "_band_pairs", "split_documents", "audit_pairs")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapper, "ROWS_PER_PART", 20)
    monkeypatch.setattr(signatures, "_TEXTS", 25)


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    corpus = {"reader": "jsonl", "path": str(write_corpus(folder / "files")), "sample": 240, "section_words": 120}
    return tiny_recipe(folder / "recipe.yaml", corpus=corpus)


@pytest.fixture(scope="module")
def local(recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mapper, "ROWS_PER_PART", 20)
        return _run(recipe, tmp_path_factory.mktemp("local"))


def _run(recipe: Path, folder: Path, **fields: Any) -> dict[str, bytes]:
    api.run(api.load(recipe, **fields), until="audit", runs=folder / "runs", store=folder / "store")
    return tables(folder / "store")


def test_tables_equal_those_of_a_local_run(
    recipe: Path, local: dict[str, bytes], cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 40 s beside other work: every worker that Ray starts imports the package, and three nodes die and are replaced.
    killed = kill_during(FUNCTIONS[1:4], cluster, monkeypatch)
    on_cluster = _run(recipe, tmp_path, engine="ray", **{"cluster.address": cluster.address})
    assert {name.split("/")[0] for name in local} == set(STAGES)
    assert sum(name.startswith("clean/") and "part-" in name for name in local) > 5
    assert local == on_cluster
    assert killed == list(FUNCTIONS[1:4])


@pytest.mark.soak
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_node_is_killed_in_each_stage(
    function: str,
    recipe: Path,
    local: dict[str, bytes],
    cluster: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed = kill_during([function], cluster, monkeypatch)
    assert _run(recipe, tmp_path, engine="ray", **{"cluster.address": cluster.address}) == local
    assert killed == [function]
