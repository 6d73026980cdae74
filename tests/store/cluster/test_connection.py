"""A cluster that cannot be had: one sentence that names the address and the mend, and never a login."""

import http.server
import socket
import sys
import threading

import pytest

from secondhalf.errors import UserError
from secondhalf.store.cluster.connection import _check_address, connect


def _sentence(address: str) -> str:
    with pytest.raises(UserError) as caught:
        connect(address)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_without_ray_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert "engine: ray needs the package ray" in _sentence("")


@pytest.mark.extras
def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no HOST:PORT" in _sentence("ray://head:10001")
    assert "no HOST:PORT" in _sentence("head")
    assert "secret" not in _sentence("ray://name:secret-of-mine@head:10001")


def test_a_login_before_a_host_is_none_of_ray_s_and_is_not_shown() -> None:
    with pytest.raises(UserError, match=r"'head:6379' is no HOST:PORT") as caught:
        _check_address("name:secret-of-mine@head:6379")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["a" * 64 + ":6379", "..:6379", "127.0.0.1:999999", "\ud800:1"])
def test_a_name_that_is_no_host_s_is_a_sentence(address: str) -> None:
    with pytest.raises(UserError, match=r"cluster\.address: no Ray answers at"):
        _check_address(address)


@pytest.mark.extras
def test_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    sentence = _sentence(f"127.0.0.1:{port}")
    assert f"no Ray answers at 127.0.0.1:{port}" in sentence
    assert "ray start --head" in sentence
    assert "no Ray answers at no-such-host.invalid:6379" in _sentence("no-such-host.invalid:6379")


@pytest.mark.extras
def test_something_else_answers() -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"127.0.0.1:{server.server_address[1]}"
        assert f"what answers at {address} is no head of Ray" in _sentence(address)
    finally:
        server.shutdown()
        server.server_close()


MISMATCH = """Version mismatch: The cluster was started with:
    Ray: 2.9.0
    Python: 3.10.1
This process on node 10.0.0.9 was started with:
    Ray: 2.60.0
    Python: 3.11.7
"""


@pytest.mark.extras
@pytest.mark.parametrize(
    ("address", "raised", "expected"),
    [
        ("", RuntimeError(MISMATCH), "runs another Ray or Python than this process (Ray: 2.9.0 Python: 3.10.1"),
        ("auto", ConnectionError("Could not find any running Ray instance."), "belongs to no Ray cluster"),
        ("", RuntimeError("Invalid auth token. Token authentication is on."), "wants another token"),
        ("", Exception("The current node timed out during startup."), "Ray does not start with this machine"),
    ],
)
def test_what_ray_raises(address: str, raised: Exception, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import ray

    def refuse(**_: object) -> None:
        raise raised

    monkeypatch.setattr(ray, "init", refuse)
    assert expected in _sentence(address)
