"""References: packages, paths, hashes; nothing is imported and nothing is fetched."""

import hashlib
import os
import pwd
import sys
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.reference import cache_folder, check_placed, resolve
from secondhalf.models.weights.size import size_of


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


def test_a_folder_inside_a_package(package: Path):
    folder = package / "some_models" / "encoder"
    folder.mkdir()
    (folder / "config.json").write_text("{}", "utf-8")
    (folder / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    assert resolve("package:some_models/encoder").path == folder


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


def test_a_teacher_s_name_on_a_server_needs_the_server(tmp_path: Path):
    with pytest.raises(UserError, match=r"no model at gpt-9: .* name the server \(server.urls beside it\)"):
        check_placed("gpt-9")
    (tmp_path / "a.gguf").touch()
    for known in ("package:a/b.gguf", "hf:a/b", f"{tmp_path}/a.gguf#sha256=00"):
        check_placed(known)


def test_a_folder_of_pickles_is_refused(tmp_path: Path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(UserError, match="pickled weights are not read"):
        resolve(str(tmp_path))


@pytest.fixture
def homeless(monkeypatch) -> None:
    """A user id that the system has no name for, and no HOME: docker run --user 12345."""
    for name in ("HOME", "XDG_CACHE_HOME", "SECONDHALF_CACHE", "HF_HOME", "HF_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)

    def no_name(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", no_name)
    resolve.cache_clear()


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (
            "package:some_models/cut.gguf",
            r"SECONDHALF_CACHE: user \d+ has no home folder \(HOME is not set\): set it to",
        ),
        ("~/model.gguf", r"~/model\.gguf: user \d+ has no home folder \(HOME is not set\): write it as"),
        ("hf:org/name@main", r"HF_HOME: user \d+ has no home folder \(HOME is not set\): set it to"),
    ],
)
def test_without_a_home_the_setting_is_named(package: Path, homeless: None, reference: str, message: str):
    with pytest.raises(UserError, match=message):
        resolve(reference)


def test_without_a_home_what_needs_none_goes_on(package: Path, homeless: None, monkeypatch):
    assert resolve("package:some_models/whole.gguf").path.is_file()
    assert size_of("package:some_models/whole.gguf") is None
    monkeypatch.setenv("SECONDHALF_CACHE", str(package / "named"))
    assert resolve("package:some_models/cut.gguf").path.is_relative_to(package / "named")


@pytest.mark.parametrize("name", ["SECONDHALF_CACHE", "XDG_CACHE_HOME", "HOME"])
@pytest.mark.parametrize("place", ["file", "file/below", "/proc/none"])
def test_a_cache_that_cannot_be_made_names_the_setting(package: Path, monkeypatch, name: str, place: str):
    (package / "file").touch()
    for other in ("SECONDHALF_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, str(package / place))
    with pytest.raises(UserError, match="set SECONDHALF_CACHE to a folder that you may write"):
        resolve("package:some_models/cut.gguf")


def test_a_cache_folder_that_is_relative_is_not_the_users(monkeypatch, tmp_path: Path):
    monkeypatch.delenv("SECONDHALF_CACHE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert cache_folder() == tmp_path / ".cache" / "secondhalf"
    monkeypatch.setenv("SECONDHALF_CACHE", "~/mine")
    assert cache_folder() == tmp_path / "mine"


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_a_joined_model_follows_the_umask(package: Path, umask: int, mode: int):
    before = os.umask(umask)
    try:
        assert resolve("package:some_models/cut.gguf").path.stat().st_mode & 0o777 == mode
    finally:
        os.umask(before)
