"""References: packages, paths, hashes; nothing is imported and nothing is fetched."""

import hashlib
import sys
import types
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.reference import resolve


@pytest.fixture
def package(tmp_path: Path, monkeypatch):
    """A package with one whole model and one in parts; importing it would fail."""
    for name, files in {
        "some_models": {"whole.gguf": b"GGUF whole"},
        "some_models_part1": {"data/cut.gguf.part00": b"GGUF "},
        "some_models_part2": {"data/cut.gguf.part01": b"in parts"},
    }.items():
        for file, content in files.items():
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("SECONDHALF_CACHE", str(tmp_path / "cache"))
    resolve.cache_clear()
    return tmp_path


def test_a_file_inside_a_package(package: Path):
    model = resolve("package:some_models/whole.gguf")
    assert model.path.read_bytes() == b"GGUF whole"
    assert model.identity == hashlib.sha256(b"GGUF whole").hexdigest()
    assert "some_models" not in sys.modules


def test_a_file_in_parts_is_joined_in_the_cache(package: Path):
    model = resolve("package:some_models/cut.gguf")
    assert model.path.read_bytes() == b"GGUF in parts"
    assert model.path.is_relative_to(package / "cache")


def test_the_hash_must_be_the_one_expected(package: Path):
    right = hashlib.sha256(b"GGUF whole").hexdigest()
    assert resolve(f"package:some_models/whole.gguf#sha256={right}").is_gguf
    with pytest.raises(UserError, match="expects 00"):
        resolve("package:some_models/whole.gguf#sha256=00")


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("package:no_such_package/x.gguf", "not installed"),
        ("package:some_models/none.gguf", "holds no file"),
        ("package:some_models/../some_models_part1/data/cut.gguf.part00", "holds no file"),
        ("package:os.path/x", "no package name"),
        ("hf:only-a-name", "no hub reference"),
        ("/nowhere/model.gguf", "no model at"),
    ],
)
def test_what_is_missing_is_named(package: Path, reference: str, message: str):
    with pytest.raises(UserError, match=message):
        resolve(reference)


def test_a_folder_of_pickles_is_refused(tmp_path: Path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(UserError, match="pickled weights are not read"):
        resolve(str(tmp_path))


def test_a_data_set_on_the_hub_is_named_as_one(tmp_path: Path, monkeypatch) -> None:
    """The hub keeps models and data sets apart."""
    downloads = []

    def download(repo, file, **options):
        downloads.append((repo, file, options))
        (tmp_path / file).write_text("{}")
        return str(tmp_path / file)

    fake = types.SimpleNamespace(hf_hub_download=download, snapshot_download=None)
    monkeypatch.setitem(sys.modules, "huggingface_hub", fake)
    assert resolve("hf:datasets/org/bench@v1:in.jsonl").path == tmp_path / "in.jsonl"
    assert resolve("hf:org/model@v1:a.gguf").path == tmp_path / "a.gguf"
    assert downloads == [
        ("org/bench", "in.jsonl", {"revision": "v1", "repo_type": "dataset"}),
        ("org/model", "a.gguf", {"revision": "v1", "repo_type": None}),
    ]
