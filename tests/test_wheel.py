"""The wheel holds all that the sources hold, installs, and runs outside the clone, for an ordinary user without a home."""

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import secondhalf
from support import ROOT
from support.recipes import tiny_recipe
from support.wheel import as_other, build_wheel, environment_with, sources

SOURCE = ROOT / "src" / "secondhalf"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    return build_wheel(sources(folder / "clone"), folder / "dist")


@pytest.fixture(scope="module")
def place(wheel: Path) -> Iterator[Path]:
    """A folder that anybody may read, as those of pytest are not, with the environment in `env`."""
    with tempfile.TemporaryDirectory(prefix="secondhalf-wheel-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        environment_with(wheel, folder / "env")
        yield folder


@pytest.fixture
def work(place: Path, request: pytest.FixtureRequest) -> Path:
    """An empty folder of the other user's."""
    folder = place / request.node.name
    folder.mkdir(mode=0o700)
    if theirs := as_other():
        os.chown(folder, theirs["user"], theirs["group"])
    return folder


def run(place: Path, work: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command of the installed package as another user, without HOME and without anything of ours in the environment."""
    environment = {"PATH": f"{place}/env/bin:/usr/bin:/bin", "LANG": "C.UTF-8", **more}
    return subprocess.run(
        list(words), capture_output=True, text=True, check=False, cwd=work, env=environment, timeout=3600, **as_other()
    )


def _names(folder: Path) -> set[str]:
    """The files below a folder, also behind the link to recipes/."""
    names = set()
    for root, folders, files in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if name != "__pycache__"]
        names |= {(Path(root) / name).relative_to(folder.parent).as_posix() for name in files}
    return names


def test_it_holds_every_file_of_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        held = {name for name in file.namelist() if name.startswith("secondhalf/")}
        licences = [name for name in file.namelist() if name.endswith("/licenses/LICENSE")]
    assert held == _names(SOURCE)
    assert len(licences) == 1


@pytest.mark.soak
def test_so_does_a_wheel_of_the_source_distribution(wheel: Path, tmp_path: Path) -> None:
    clone = sources(tmp_path / "clone")
    command = "import sys; from setuptools import build_meta; print(build_meta.build_sdist(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", command, str(tmp_path)], cwd=clone, check=True, capture_output=True, text=True
    )
    archive = tmp_path / done.stdout.split()[-1]
    with tarfile.open(archive) as file:
        assert not [member.name for member in file if member.issym() and not member.name.endswith("recipe/shipped")]
    again = build_wheel(archive, tmp_path / "dist")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())


def test_it_runs_outside_the_clone(place: Path, work: Path) -> None:
    shown = run(place, work, "secondhalf", "--version")
    assert (shown.stdout, shown.stderr) == (f"secondhalf {secondhalf.__version__}\n", "")
    where = run(place, work, "python", "-c", "import secondhalf; print(secondhalf.__file__)").stdout
    assert where.startswith(str(place / "env"))
    assert run(place, work, "secondhalf", "init", "--recipe", "quickstart").returncode == 0
    doctor = run(
        place, work, "secondhalf", "doctor", "quickstart.yaml", "--offline", "--json", SECONDHALF_CACHE=str(work)
    )
    assert "findings" in json.loads(doctor.stdout), doctor.stdout + doctor.stderr


def test_from_text_to_pairs_and_out(place: Path, work: Path) -> None:
    text = tiny_recipe(place / "tiny.yaml").read_text("utf-8")
    shown = run(place, work, "python", "-c", "import sys; open('tiny.yaml', 'w').write(sys.argv[1])", text)
    assert shown.returncode == 0, shown.stderr
    audited = run(place, work, "secondhalf", "audit", "tiny.yaml", "--json")
    assert audited.returncode == 0, audited.stderr
    assert run(place, work, "secondhalf", "data", "tiny", "--out", "pairs").returncode == 0
    assert run(place, work, "secondhalf", "show", "tiny").returncode == 0
    if as_other():
        owners = run(place, work, "find", ".", "-user", str(os.geteuid()))
        assert owners.stdout == ""


@pytest.mark.soak
def test_the_quickstart_runs_from_the_wheel(place: Path, work: Path) -> None:
    """The quickstart's own recipe with fewer documents and prompts, from text to report."""
    assert run(place, work, "secondhalf", "init", "--recipe", "quickstart").returncode == 0
    changes = ("corpus.sample=120", "evaluate.limit=6", "evaluate.max_tokens=16", "probes.pairs=2", "train.seeds=[1]")
    words = [word for change in changes for word in ("--set", change)]
    cache = {"SECONDHALF_CACHE": str(work / "cache"), "HF_HOME": str(work / "hub")}
    done = run(place, work, "secondhalf", "run", "quickstart.yaml", "--anyway", *words, **cache)
    assert done.returncode == 0, done.stderr[-3000:]
    assert run(place, work, "test", "-s", "runs/quickstart/report/index.html").returncode == 0


def test_the_container_file() -> None:
    """No container is built here: what it says is held against the sources."""
    lines = re.sub(r"\\\n", " ", (ROOT / "Containerfile").read_text("utf-8")).splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    users = [words for step, words in steps if step == "USER"]
    assert users[-1].split(":")[0].isdecimal()
    assert int(users[-1].split(":")[0]) > 0
    assert steps[-1][0] == "CMD"
    assert dict(steps)["ENTRYPOINT"] == '["secondhalf"]'  # type: ignore[arg-type]
    copied = [words.split()[:-1] for step, words in steps if step == "COPY" and not words.startswith("--from")]
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []
    commands = [words for step, words in steps if step == "RUN"]
    named = {name for words in commands for name in re.findall(r"requirements/[\w.-]+", words)}
    assert [name for name in named if not (ROOT / name).is_file()] == []
    assert {"pyproject.toml", "README.md", "LICENSE", "recipes", "src"} <= {name for names in copied for name in names}
    unhashed = [words for words in commands if "pip install" in words and "--require-hashes" not in words]
    assert all("torch.txt" in words or words.endswith(" .") for words in unhashed)
