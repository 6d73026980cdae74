"""Files go to nodes in pieces and come together there."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.store.cluster import sent
from secondhalf.store.cluster.sent import bring_folder, pieces_of, send_folder, write_piece


def test_a_file_is_its_pieces_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent, "_PIECE", 4)
    for name, content in {"long": b"0123456789", "even": b"01234567", "empty": b""}.items():
        path, other = tmp_path / name, tmp_path / "there" / name
        path.write_bytes(content)
        other.parent.mkdir(exist_ok=True)
        other.write_bytes(b"of an earlier attempt")
        for offset, piece in pieces_of(path):
            write_piece(other, offset, piece)
        assert other.read_bytes() == content


def test_a_disk_without_space_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="set TMPDIR there to a larger disk"):
        write_piece(tmp_path / "file" / "below", 0, b"0")


@pytest.mark.extras
def test_a_folder_is_brought_once_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray")
    store: list[bytes] = []
    monkeypatch.setattr(ray, "put", lambda piece: store.append(piece) or len(store) - 1)
    monkeypatch.setattr(ray, "get", lambda number: store[number])
    monkeypatch.setattr(sent, "_PIECE", 4)
    (tmp_path / "model" / "below").mkdir(parents=True)
    (tmp_path / "model" / "config.json").write_bytes(b"{}")
    (tmp_path / "model" / "below" / "weights").write_bytes(b"0123456789")
    (tmp_path / "model" / "left.tmp").write_bytes(b"of a write that was killed")
    folder = send_folder(tmp_path / "model", "student-1")
    (tmp_path / "student-1.tmp").mkdir()  # a worker was killed in the middle
    there = bring_folder(folder, tmp_path)
    assert {path.relative_to(there).as_posix(): path.read_bytes() for path in there.rglob("*") if path.is_file()} == {
        "config.json": b"{}",
        "below/weights": b"0123456789",
    }
    store.clear()
    assert bring_folder(folder, tmp_path) == there
