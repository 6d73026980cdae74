"""Pages of strangers in a browser on this machine: where no key is asked for, their forms and their names are refused."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")

from secondhalf.serve.keys import ClientKeys
from support.serving import Served, body, connect, post, read_all, serving

STRANGE = [
    {"Host": "evil.example"},
    {"Host": "evil.example:8000"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "localhost.evil.example."},
    {"Host": "[evil"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://203.0.114.9"},
    {"Origin": "http://localhost.evil.example:8000"},
    {"Origin": "https://["},
    {"Origin": "null"},
    {"Host": "evil.example", "Origin": "http://evil.example"},
]
NEAR = [
    {"Host": "localhost:8000"},
    {"Host": "LOCALHOST."},
    {"Host": "[::1]:8000"},
    {"Host": "10.1.2.3"},
    {"Host": "203.0.114.9:80"},
    {"Host": "endpoint"},
    {"Host": "host.docker.internal:8000"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "http://[::1]:3000"},
    {"Origin": "https://192.168.1.5"},
    {"Origin": "app://obsidian.md"},
    {"Host": ""},
]


def _models(served: Served, **headers: str) -> tuple[int, Any]:
    request = urllib.request.Request(f"{served.url}/v1/models", None, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_a_stranger_s_page_neither_asks_nor_reads_where_no_key_is_made(tmp_path: Path):
    with serving(tmp_path) as served:
        for headers in STRANGE:
            for status, fields in (post(served, body(), **headers), _models(served, **headers)):
                assert (status, fields["error"]["code"]) == (403, "foreign_page"), headers
        assert served.engines["taught"].asked == []
        for headers in NEAR:
            assert post(served, body(), **headers)[0] == _models(served, **headers)[0] == 200, headers


def test_a_key_opens_by_whatever_name_it_is_called(tmp_path: Path):
    with serving(tmp_path) as served:
        key = ClientKeys(served.database).make("ann", 0, 0)
        for headers in STRANGE:
            assert post(served, body(), **headers, Authorization=f"bEaReR  {key}")[0] == 200
            assert post(served, body(), **headers)[0] == 401
        assert post(served, body(), f"/v1/chat/completions?api_key={key}&key={key}")[0] == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "["])
def test_a_slash_too_many_leads_nowhere(tmp_path: Path, host: str):
    with serving(tmp_path) as served:
        for path in ("/v1/chat/completions/", "/health/", "/v1/models//"):
            connection = connect(served)
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            head, _, rest = read_all(connection).partition(b"\r\n\r\n")
            assert int(head.split(b" ")[1]) in {403, 404}
            assert b"location" not in head.lower()
            assert set(json.loads(rest)["error"]) == {"message", "type", "param", "code"}
