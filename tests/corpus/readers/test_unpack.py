"""Compressed streams: each kind is read, also where several are put together; damage ends them with a reason."""

import base64
import bz2
import gzip
import io
import lzma
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from secondhalf.corpus.readers import unpack
from secondhalf.corpus.readers.items import BrokenFileError, Shard
from secondhalf.corpus.readers.stream import read_blocks
from secondhalf.corpus.readers.unpack import plain_stream
from support.corpora import zstd

PLAIN = os.urandom(3000).hex().encode()
KINDS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "zst": zstd,
}
# Six lines of JSON under a window of 256 MiB.
LONG_WINDOW = base64.b64decode(
    "KLUv/QCQ5QMAggcYG4BNOiAAhFKdJiV/bpEWgl5lZkwUAOSwTzRVD4iDoUAAVJDgbK8Xp1avyiRnV7JOGFzwylxq4En8YmCbU2eIa3sPO2h6eR7X9G+nPmakaYfdqNcD7dYopzYFagJd4iNKBwAAqNDxTY+ubcro3FKhe6SX2cMphwgzCg=="
)


def blocks_of(path: Path) -> tuple[bytes, str]:
    """All that is read of a file, and the reason why it is not more."""
    parts = []
    try:
        for block in read_blocks(Shard(path.name, str(path))):
            parts.append(block)
    except BrokenFileError as broken:
        return b"".join(parts), str(broken)
    return b"".join(parts), ""


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_whole_cut_damaged_and_put_together(tmp_path: Path, kind: str) -> None:
    packed = KINDS[kind](PLAIN)
    path = tmp_path / f"a.{kind}"
    path.write_bytes(packed)
    assert blocks_of(path) == (PLAIN, "")
    path.write_bytes(packed + packed)
    assert blocks_of(path) == (PLAIN * 2, "")
    path.write_bytes(packed[: len(packed) * 2 // 3])
    assert blocks_of(path)[1] == "truncated file"
    assert kind in {"zst", "bz2"} or len(blocks_of(path)[0]) > 1000  # those give whole blocks alone
    start = 7 if kind == "zst" else 100  # where its first block begins: what is in it may be anything
    path.write_bytes(packed[:start] + b"\xff" * 400 + packed[start + 400 :])
    assert blocks_of(path)[1].startswith("broken file")
    path.write_bytes(PLAIN)
    assert blocks_of(path)[1].startswith("broken file")
    path.write_bytes(b"")
    assert blocks_of(path) == (b"", "")


def test_zeros_between_xz_streams_are_padding(tmp_path: Path) -> None:
    (tmp_path / "a.xz").write_bytes(lzma.compress(b"one") + bytes(8) + lzma.compress(b"two") + bytes(4))
    assert blocks_of(tmp_path / "a.xz") == (b"onetwo", "")


def test_xz_that_asks_for_too_much_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MOST_XZ_MEMORY", 1 << 20)
    (tmp_path / "a.xz").write_bytes(lzma.compress(PLAIN))
    assert "emory" in blocks_of(tmp_path / "a.xz")[1]


def frame(flags: int, rest: bytes) -> bytes:
    """The head of a Zstandard frame."""
    return unpack._FRAME.to_bytes(4, "little") + bytes([flags]) + rest


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (frame(0, b"\x90" + bytes(9)), (1 << 28, 0, b"")),
        (frame(0, b"\x59" + bytes(9)), ((1 << 21) * 9 // 8, 0, b"")),
        (frame(3, b"\x00" + (77).to_bytes(4, "little") + bytes(9)), (1024, 77, b"")),
        (frame(32 | 128, (1 << 29).to_bytes(4, "little") + bytes(9)), (1 << 29, 0, b"")),
        (frame(32 | 64, (44).to_bytes(2, "little") + bytes(9)), (300, 0, b"")),
        (b"\x50\x2a\x4d\x18\x03\0\0\0abc" + frame(1, b"\x00\x05" + bytes(9)), (1024, 5, b"")),
        (b"\x5d\x2a\x4d\x18\x03\0\0\0abc" + frame(1, b"\x00\x05" + bytes(9)), (1024, 5, b"abc")),
        (b"noise and more noise", (0, 0, b"")),
        (b"\x50\x2a\x4d\x18\xff\xff\xff\xff", (0, 0, b"")),
        (b"", (0, 0, b"")),
    ],
)
def test_what_a_frame_asks_for(head: bytes, expected: tuple[int, int, bytes]) -> None:
    assert unpack._first_frame(io.BytesIO(head)) == expected


def test_a_long_window_is_refused_with_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "_zstd_module", lambda: None)
    with pytest.raises(
        BrokenFileError, match=r"a window of 268435456 bytes; `.*pip install backports\.zstd`, or unpack it"
    ):
        plain_stream(io.BytesIO(LONG_WINDOW), "zstd")
    with pytest.raises(BrokenFileError, match=r"dictionary 5; .* and its dictionary"):
        plain_stream(io.BytesIO(frame(1, b"\x00\x05" + bytes(9))), "zstd")


def test_a_later_frame_with_a_long_window_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "a.zst").write_bytes(zstd(b"first ") + LONG_WINDOW)
    assert blocks_of(tmp_path / "a.zst") == (
        b"first ",
        "zstd beyond this reader: a window above 128 MiB; unpack the file with `zstd -d --long=31`",
    )


def test_long_windows_and_dictionaries_are_read_where_the_package_is(tmp_path: Path) -> None:
    module = unpack._zstd_module()
    if module is None:
        pytest.skip("needs backports.zstd")
    (tmp_path / "a.zst").write_bytes(LONG_WINDOW)
    assert blocks_of(tmp_path / "a.zst")[0].count(b"\n") == 6
    words = module.train_dict([f"a sample of words number {n}".encode() * 4 for n in range(500)], 3000)
    packed = module.compress(b"a sample of words", zstd_dict=words)
    head = unpack._DICTIONARY_FRAME.to_bytes(4, "little")
    for content in (words.dict_content, module.compress(words.dict_content)):
        (tmp_path / "b.zst").write_bytes(head + len(content).to_bytes(4, "little") + content + packed * 2)
        assert blocks_of(tmp_path / "b.zst") == (b"a sample of words" * 2, "")
    (tmp_path / "b.zst").write_bytes(packed)
    assert "is not in the file" in blocks_of(tmp_path / "b.zst")[1]
