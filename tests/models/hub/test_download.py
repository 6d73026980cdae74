"""What is fetched from a hub of the test's own, and how each of its errors is said."""

import hashlib
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from secondhalf.errors import UserError
from secondhalf.models.hub import client
from secondhalf.models.hub.download import commit_of, fetch
from secondhalf.models.hub.reference import HubReference
from secondhalf.models.reference import resolve
from support.hub_server import Fault, Files, Hub

GGUF = b"GGUF" + bytes(range(256)) * 400
PAUSES: list[float] = []


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    PAUSES.clear()
    monkeypatch.setattr(time, "sleep", PAUSES.append)


@pytest.fixture
def tiny(student: Path) -> Files:
    """The files of the tiny student, and others that nothing may load."""
    files = {path.name: path.read_bytes() for path in student.iterdir() if path.is_file()}
    return files | {"pytorch_model.bin": b"pickle", "modeling_tiny.py": b"raise SystemExit", "README.md": b"# tiny"}


def _reference(text: str) -> HubReference:
    return HubReference.parse(text)


def _sentence(text: str) -> str:
    with pytest.raises(UserError) as error:
        resolve(text)
    return str(error.value)


def test_a_model_s_files_and_no_code(hub: Hub, tiny: Files, student: Path):
    sha = hub.add("org/tiny", tiny)
    model = resolve("hf:org/tiny@main")
    assert {path.name for path in model.path.iterdir()} == {path.name for path in student.iterdir()}
    assert model.path.name == sha
    assert model.identity == resolve(str(student)).identity
    hub.requests.clear()
    assert fetch(_reference(f"hf:org/tiny@main@{sha}")) == model.path
    assert hub.requests == []  # a commit does not change: nothing is asked again


def test_one_file_of_a_model_and_of_a_data_set(hub: Hub):
    hub.add("org/tiny", {"q.gguf": GGUF})
    hub.add("org/bench", {"in.jsonl": b"{}\n"}, "dataset")
    assert resolve("hf:org/tiny:q.gguf").path.read_bytes() == GGUF
    assert resolve("hf:datasets/org/bench@main:in.jsonl").path.read_bytes() == b"{}\n"
    assert resolve(f"hf:org/tiny@main:q.gguf#sha256={hashlib.sha256(GGUF).hexdigest()}").is_gguf
    assert "expects 00" in _sentence("hf:org/tiny@main:q.gguf#sha256=00")
    assert "names a whole data set: add the file" in _sentence("hf:datasets/org/bench")


def test_a_revision_is_a_branch_a_tag_or_a_commit(hub: Hub):
    first = hub.add("org/tiny", {"a.gguf": b"GGUF one"})
    hub.repositories["model", "org/tiny"].branches["v1"] = first
    second = hub.repositories["model", "org/tiny"].commit({"a.gguf": b"GGUF two"})
    assert commit_of(_reference("hf:org/tiny")) == second
    assert commit_of(_reference("hf:org/tiny@v1")) == first
    assert resolve("hf:org/tiny@v1:a.gguf").path.read_bytes() == b"GGUF one"
    assert resolve(f"hf:org/tiny@{first}:a.gguf").path.read_bytes() == b"GGUF one"
    assert resolve(f"hf:org/tiny@main@{first}:a.gguf").path.read_bytes() == b"GGUF one"
    assert resolve("hf:org/tiny@main:a.gguf").path.read_bytes() == b"GGUF two"


def test_who_uses_it_is_not_told(hub: Hub, tiny: Files):
    hub.add("org/tiny", tiny)
    resolve("hf:org/tiny")
    commit_of(_reference("hf:org/tiny"))
    assert not [line for line in hub.requests if "/org/tiny" not in line]
    assert not [agent for agent in hub.agents if "torch" in agent or "agent" in agent]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hf:org/none", "There is no model org/none at {url}, or it is private: correct the name, or set HF_TOKEN"),
        ("hf:datasets/org/none:x.csv", "There is no data set org/none at {url}"),
        ("hf:org/tiny@v9:q.gguf", "org/tiny has no revision v9: correct what stands after the @"),
        ("hf:org/tiny@v9", "org/tiny has no revision v9"),
        ("hf:org/tiny:r.gguf", "org/tiny@main holds no file r.gguf: see {url}/org/tiny/tree/main."),
        ("hf:org/gated", "org/gated is gated: accept its terms at {url}/org/gated, then set HF_TOKEN"),
        ("hf:org/gated:q.gguf", "org/gated is gated: accept its terms"),
        ("hf:org/private", "There is no model org/private at {url}, or it is private"),
    ],
)
@pytest.mark.parametrize("token", ["", "hf_stranger"])
def test_what_is_not_there_or_not_for_us(hub: Hub, tiny: Files, monkeypatch, text: str, sentence: str, token: str):
    hub.add("org/tiny", tiny | {"q.gguf": GGUF})
    hub.add("org/gated", tiny | {"q.gguf": GGUF}, gated=True)
    hub.add("org/private", tiny, private=True)
    if token:
        monkeypatch.setenv("HF_TOKEN", token)
    said = _sentence(text)
    assert sentence.format(url=hub.url) in said
    assert "hf_" not in said


def test_with_the_right_token(hub: Hub, tiny: Files, monkeypatch):
    hub.add("org/gated", tiny, gated=True)
    hub.add("org/private", tiny, private=True)
    monkeypatch.setenv("HF_TOKEN", "hf_good")
    assert resolve("hf:org/gated").identity == resolve("hf:org/private").identity


def test_a_token_that_is_not_valid(hub: Hub, monkeypatch):
    hub.add("org/tiny", {"q.gguf": GGUF})
    monkeypatch.setenv("HF_TOKEN", "hf_expired")
    for text in ("hf:org/tiny:q.gguf", "hf:org/tiny"):
        said = _sentence(text)
        assert f"{hub.url} does not accept the token (401): set HF_TOKEN to a token that is valid, or unset it" in said
        assert "hf_expired" not in said


@pytest.mark.parametrize("text", ["hf:org/tiny", "hf:org/tiny:config.json"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_hub_is_asked_again(hub: Hub, tiny: Files, text: str, status: int):
    hub.add("org/tiny", tiny)
    hub.faults = [Fault("(HEAD|GET) ", status, {"Retry-After": "7"}, times=2)]
    assert fetch(_reference(text)).exists()
    assert max(PAUSES) in {7, 8}  # the client adds a second


@pytest.mark.parametrize("text", ["hf:org/tiny", "hf:org/tiny:config.json"])
def test_a_hub_that_stays_busy(hub: Hub, tiny: Files, text: str):
    hub.add("org/tiny", tiny)
    hub.faults = [Fault("", 429, {"Retry-After": "3600"}, times=99)]
    assert f"{hub.url} had too many requests from here (429): try again in 3600 seconds, or set HF_TOKEN" in _sentence(
        text
    )
    # Of a single file the client asks for itself, and says on standard error how long it waits.
    assert (":" in text.removeprefix("hf:")) or not PAUSES


@pytest.mark.parametrize("text", ["hf:org/tiny", "hf:org/tiny:config.json"])
def test_a_hub_that_stays_ill(hub: Hub, tiny: Files, text: str):
    hub.add("org/tiny", tiny)
    hub.faults = [Fault("", 502, times=99)]
    assert f"{hub.url} fails (502): try again later, name a mirror in HF_ENDPOINT" in _sentence(text)


def test_another_refusal_has_the_hub_s_words(hub: Hub, tiny: Files):
    hub.add("org/tiny", tiny)
    hub.faults = [Fault("", 403, {"X-Error-Message": "Your country\x9b"}, times=99)]
    assert "forbids it (403: " in _sentence("hf:org/tiny:config.json")
    assert "\x9b" not in _sentence("hf:org/tiny:config.json")


def test_a_hub_that_is_not_there(hub: Hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    for text in ("hf:org/tiny", "hf:org/tiny:q.gguf"):
        assert "http://127.0.0.1:9 cannot be reached (" in _sentence(text)
        assert "check the network, HF_ENDPOINT and HTTPS_PROXY" in _sentence(text)


def test_a_file_that_breaks_off_goes_on_where_it_stopped(hub: Hub):
    hub.add("org/tiny", {"q.gguf": GGUF})
    hub.faults = [Fault("GET .*q.gguf", cut=50_000, times=99)]
    said = _sentence("hf:org/tiny:q.gguf")
    assert "broke off: the same command goes on where it stopped" in said
    assert not list(Path(client.hub_client().constants.HF_HUB_CACHE).rglob("snapshots/*/q.gguf"))
    hub.faults.clear()
    assert resolve("hf:org/tiny:q.gguf").path.read_bytes() == GGUF


def test_a_file_that_breaks_off_once(hub: Hub, tiny: Files):
    hub.add("org/tiny", tiny)
    hub.faults = [Fault("GET .*model.safetensors", cut=1000, times=1)]
    assert (resolve("hf:org/tiny").path / "model.safetensors").read_bytes() == tiny["model.safetensors"]


def test_offline_what_is_in_the_cache_is_taken(hub: Hub, tiny: Files, monkeypatch):
    sha = hub.add("org/tiny", tiny | {"q.gguf": GGUF})
    online = [resolve(text).identity for text in ("hf:org/tiny@main", "hf:org/tiny@main:q.gguf")]
    resolve.cache_clear()
    hub.requests.clear()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert [resolve(text).identity for text in ("hf:org/tiny@main", "hf:org/tiny@main:q.gguf")] == online
    assert commit_of(_reference("hf:org/tiny@main")) == sha
    assert resolve(f"hf:org/tiny@main@{sha}").identity == online[0]
    for text in ("hf:org/other", "hf:org/tiny@v2", "hf:org/tiny:other.gguf"):
        assert "is not in the cache, and HF_HUB_OFFLINE is set: unset it and run this once" in _sentence(text)
    with pytest.raises(UserError, match="is not in the cache"):
        commit_of(_reference("hf:org/tiny@v2"))
    assert hub.requests == []


@pytest.mark.parametrize("offline", [True, False])
def test_a_half_loaded_model_is_not_taken(hub: Hub, tiny: Files, monkeypatch, offline: bool):
    hub.add("org/tiny", tiny)
    hub.faults = [Fault("GET .*model.safetensors", 404, times=99)]
    _sentence("hf:org/tiny")
    if offline:
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    else:
        monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "only a part of it is in the cache: " in _sentence("hf:org/tiny")


def test_a_mirror_is_asked_and_named(hub: Hub, tiny: Files, monkeypatch):
    hub.add("org/tiny", tiny)
    monkeypatch.setenv("HF_ENDPOINT", f"{hub.url}/")
    resolve("hf:org/tiny")
    assert hub.requests


@pytest.mark.parametrize("place", ["blocked", "/proc/none"])
def test_a_cache_that_cannot_be_written(hub: Hub, tmp_path: Path, monkeypatch, place: str):
    hub.add("org/tiny", {"q.gguf": GGUF})
    (tmp_path / "blocked").touch()
    monkeypatch.setattr(client.hub_client().constants, "HF_HUB_CACHE", str(tmp_path / place))
    assert "HF_HOME" in _sentence("hf:org/tiny:q.gguf")


@pytest.mark.parametrize("sha", [None, "main", "0" * 39, "0" * 40 + "\n:evil"])
def test_what_is_no_commit_is_written_nowhere(sha: str | None, hub: Hub, monkeypatch: pytest.MonkeyPatch):
    class Api:
        def __init__(self, **_: object) -> None: ...

        def repo_info(self, *_: object, **__: object) -> object:
            return SimpleNamespace(sha=sha)

    monkeypatch.setattr(client.hub_client(), "HfApi", Api)
    with pytest.raises(UserError, match="tells no commit of it"):
        commit_of(HubReference.parse("hf:me/tiny@main"))
