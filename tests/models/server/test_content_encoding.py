"""Bodies in every encoding that servers use unasked are read; what is cut, a bomb or unknown is an error, in little memory."""

import gzip
import tracemalloc
import zlib

import pyarrow as pa
import pytest

from secondhalf.models.server.content_encoding import UnknownEncodingError, decode
from secondhalf.models.server.http_connection import BrokenError, TooLongError

TEXT = '{"choices": ["川は海へ。"]}'.encode() * 50


def _zstd(body: bytes) -> bytes:
    return bytes(pa.compress(body, "zstd", asbytes=True))


def _brotli(body: bytes) -> bytes:
    return bytes(pa.compress(body, "brotli", asbytes=True))


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


ENCODED = [
    ("", TEXT),
    ("identity", TEXT),
    ("UTF-8", TEXT),
    ("gzip", gzip.compress(TEXT, mtime=0)),
    ("GZip", gzip.compress(TEXT, mtime=0)),
    ("x-gzip", gzip.compress(TEXT, mtime=0)),
    ("gzip, identity", gzip.compress(TEXT, mtime=0)),
    ("gzip", gzip.compress(TEXT[:100], mtime=0) + gzip.compress(TEXT[100:], mtime=0)),
    ("deflate", zlib.compress(TEXT)),
    ("deflate", _raw_deflate(TEXT)),
    ("zstd", _zstd(TEXT)),
    ("br", _brotli(TEXT)),
    ("gzip, br", _brotli(gzip.compress(TEXT, mtime=0))),
    ("deflate, deflate", zlib.compress(zlib.compress(TEXT))),
    ("", gzip.compress(TEXT, mtime=0)),  # without a word of it
    ("", _zstd(TEXT)),
]


@pytest.mark.parametrize(("header", "body"), ENCODED)
def test_every_encoding_is_read(header: str, body: bytes):
    assert decode(body, header, len(TEXT)) == TEXT
    with pytest.raises(TooLongError):
        decode(body, header or "gzip", 10) if header not in {"", "identity", "UTF-8"} else decode(
            gzip.compress(TEXT, mtime=0), "gzip", 10
        )


@pytest.mark.parametrize(
    ("header", "body"), [case for case in ENCODED if case[0].lower() not in {"", "identity", "utf-8"}]
)
def test_what_is_cut_or_not_encoded_so_is_broken(header: str, body: bytes):
    for broken in (body[: len(body) // 2], body[:-1], b"hello"):
        with pytest.raises(BrokenError):
            decode(broken, header, 10**6)
    assert decode(b"", header, 10) == b""


@pytest.mark.parametrize("header", ["compress", "gzip, compress", "lz4", "gzip, gzip, gzip, gzip", "\x1b[2J"])
def test_what_is_not_read_is_named(header: str):
    with pytest.raises(UnknownEncodingError) as error:
        decode(TEXT, header, 10**6)
    assert str(error.value).isprintable()


@pytest.mark.parametrize("header", ["gzip", "deflate", "zstd", "br", "gzip, gzip", "br, gzip"])
def test_a_bomb_takes_no_memory(header: str):
    bomb = bytes(100_000_000)
    for name in header.split(", "):
        pack = {
            "gzip": gzip.compress,
            "deflate": zlib.compress,
            "zstd": _zstd,
            "br": _brotli,
        }
        bomb = pack[name](bomb)
    tracemalloc.start()
    try:
        with pytest.raises(TooLongError):
            decode(bomb, header, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
