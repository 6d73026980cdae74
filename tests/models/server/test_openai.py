"""A recipe whose teacher is a server, through the real stages: shards, refusals, resume, and no key anywhere."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from secondhalf.cli import main
from secondhalf.teach import stage as teaching
from support.bad_server import BadServer
from support.recipes import LENGTH_ONLY, tiny_recipe


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secondhalf.store.mapper.ROWS_PER_PART", 10)


@pytest.mark.usefixtures("small_shards")
def test_a_served_teacher_from_recipe_to_pairs(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEACHER_KEY", "sk-very-secret")
    bad: list[str] = []

    def script(prompt: str, nth: int) -> str:
        if len(server.calls) == 20:
            bad.append(prompt)
        return "500" if prompt in bad else "ok"

    with BadServer(script) as server:
        tiny_recipe(
            Path("r.yaml"),
            name="served",
            corpus={"sample": 60},
            clean=LENGTH_ONLY,
            pilot={"pairs": 5},
            teach={
                "model": "some-model",
                "sampling": None,
                "server": {"urls": [server.url], "key_env": "TEACHER_KEY", "attempts": 3, "backoff": 0.01},
            },
            # The server's replies repeat what they were asked to do.
            audit={"refuse_instructions": False},
            data={"original": None},
        )
        assert main(["teach", "r.yaml"]) == 2
        message = capsys.readouterr().err
        assert "pairs got no reply, by the server's fault: the server answered 500: no: 500" in message
        pairs = len({prompt for prompt, _ in server.calls})
        assert pairs > 20
        assert [prompt for prompt, _ in server.calls].count(
            bad[0]
        ) == 3  # its attempts, and not again for the next shard
        assert len(server.calls) == pairs + 2
        # The same command asks that row again, and it alone; the recipe can go on without it.
        assert main(["teach", "r.yaml"]) == 2
        assert len(server.calls) == pairs + 5
        go_on = ["teach", "r.yaml", "--set", "teach.server.unanswered=reject"]
        assert main(go_on) == 0
        assert len(server.calls) == pairs + 8
        assert main(go_on) == 0
        assert main(["teach", "r.yaml"]) == 0
        assert len(server.calls) == pairs + 8
        # Another address is the same teacher: nothing is asked, nothing is made again.
        other = ["teach", "r.yaml", "--set", "name=other", "--set", 'teach.server.urls=["http://127.0.0.1:1/v1"]']
        assert main(other) == 0
        assert len(server.calls) == pairs + 8
    rejects = pa.concat_tables([pq.read_table(path) for path in Path("store/teach").glob("*/rejects-*")])
    (reason,) = rejects.column("reason").to_pylist()
    assert reason.startswith("refused by the teacher, the server's fault: the server answered 500: no: 500")
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"sk-very-secret" not in path.read_bytes(), path
    manifest = json.loads(next(Path("store/teach").glob("*/manifest.json")).read_text())
    assert "127.0.0.1" not in json.dumps(manifest)
    assert tuple(manifest["version"]) == teaching.TEACH_VERSION
