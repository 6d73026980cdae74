"""Proxies and certificates of the environment, for chat and batch API; a proxy never sees the key of an https address."""

import ssl
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from secondhalf.errors import UserError
from secondhalf.models.engines.llama_cpp import LlamaCppTeacher
from secondhalf.models.request import Reply, Request, Sampling, TroubleError
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.proxy import proxy_for
from secondhalf.models.server.settings import ServerSettings
from support.bad_server import BadServer
from support.batch_client import client as batch_client
from support.batch_client import requests
from support.batch_server import serving
from support.proxy_server import Proxy, proxying

REQUEST = Request("r", (("user", "hi"),), Sampling())
KEY = "sk-secret"


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """The file of a certificate of our own for 127.0.0.1 and teacher.test, and a server's context with it."""
    folder = tmp_path_factory.mktemp("tls")
    names = "subjectAltName=DNS:teacher.test,IP:127.0.0.1"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "9",
               "-subj", "/CN=teacher.test", "-addext", names, "-keyout", "key.pem", "-out", "cert.pem"]  # fmt: skip
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    except OSError:
        pytest.skip("openssl is not installed")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


@pytest.fixture
def server() -> Iterator[BadServer]:
    with BadServer() as running:
        yield running


@pytest.fixture
def proxy(server: BadServer) -> Iterator[Proxy]:
    with proxying(server.port) as running:
        yield running


def _send(url: str, monkeypatch: pytest.MonkeyPatch, **settings) -> Reply:
    monkeypatch.setenv("A_KEY", KEY)
    return Servers("m", ServerSettings(urls=[url], key_env="A_KEY", timeout=5, **settings)).generate(REQUEST)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy"])
def test_chat_goes_through_the_proxy(proxy: Proxy, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv(name, proxy.url.replace("http://", "http://user:pass@"))
    assert _send("http://teacher.test/v1", monkeypatch).text == "reply to hi"
    assert proxy.heads[0].startswith(b"POST http://teacher.test/v1/chat/completions HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic " + b64encode(b"user:pass") in proxy.heads[0]


@pytest.mark.parametrize("header", ["authorization", "api-key"])
@pytest.mark.parametrize("login", ["", "user:p%40ss@"])
def test_an_https_address_is_tunnelled_and_the_proxy_sees_its_login_and_no_key(
    certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch, login: str, header: str
):
    path, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with BadServer(context=context) as server, proxying(server.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", f"http://{login}"))
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        assert _send("https://teacher.test/v1", monkeypatch, key_header=header).text == "reply to hi"
        assert KEY.encode() in server.heard[0]
        assert proxy.heads[0].startswith(b"CONNECT teacher.test:443 HTTP/1.1\r\n")
        assert KEY.encode() not in proxy.heads[0] + proxy.plain
        assert b"chat/completions" not in proxy.heads[0] + proxy.plain
        assert (b"Proxy-Authorization: Basic " + b64encode(b"user:p@ss") in proxy.heads[0]) == bool(login)
        assert b"Proxy-Authorization" not in server.heard[0]


def test_the_batch_api_goes_through_the_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with serving() as server, proxying(int(server.url.split(":")[2].split("/")[0])) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        batches, journal = batch_client("http://teacher.test/v1", tmp_path)
        assert len(dict(batches.send_requests(requests(3), journal, "t"))) == 3
        assert all(b" http://teacher.test/v1/" in head for head in proxy.heads)


def test_the_batch_api_of_this_machine_is_asked_without_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with serving() as server, proxying(int(server.url.split(":")[2].split("/")[0])) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        batches, journal = batch_client(server.url, tmp_path)
        assert len(dict(batches.send_requests(requests(3), journal, "t"))) == 3
        assert server.keys == {"Bearer secret"}
        assert not proxy.heads


def test_a_batch_api_behind_https_is_tunnelled_and_the_proxy_sees_no_key(
    certificate: tuple[Path, ssl.SSLContext], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with serving(context) as server, proxying(int(server.url.split(":")[2].split("/")[0])) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", "http://user:pass@"))
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        batches, journal = batch_client("https://teacher.test/v1", tmp_path)
        assert len(dict(batches.send_requests(requests(3), journal, "t"))) == 3
        assert server.keys == {"Bearer secret"}
        heads = b"".join(proxy.heads)
        assert heads.startswith(b"CONNECT teacher.test:443 HTTP/1.1\r\n")
        assert b"secret" not in heads + proxy.plain
        assert b"/v1/batches" not in heads + proxy.plain


def test_no_proxy_is_asked_for_a_name_that_no_proxy_holds(proxy: Proxy, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "elsewhere.test, teacher.test")
    with pytest.raises(TroubleError, match="cannot be reached"):  # there is no such host
        _send("http://teacher.test/v1", monkeypatch)
    assert not proxy.heads


@pytest.mark.parametrize(
    ("no_proxy", "url", "proxied"),
    [
        ("", "http://teacher.test/v1", True),
        ("teacher.test", "http://teacher.test/v1", False),
        (".test", "http://teacher.test:8000/v1", False),
        ("teacher.test:8000", "http://teacher.test:8000/v1", False),
        ("teacher.test:8000", "http://teacher.test:9000/v1", True),
        ("other.test", "http://teacher.test/v1", True),
        ("*", "http://teacher.test/v1", False),
        ("10.0.0.0/8,nonsense/x", "http://10.1.2.3:8000/v1", False),
        ("10.0.0.0/8", "http://11.1.2.3/v1", True),
        ("10.1.2.3", "http://10.1.2.3/v1", False),
        ("fd00::/8", "http://[fd00::1]:8000/v1", False),
        ("", "https://teacher.test/v1", False),  # HTTP_PROXY is not for it
        ("", "http://127.0.0.1:8000/v1", False),
        ("", "http://localhost:8000/v1", False),
        ("", "http://[::1]:8000/v1", False),
    ],
)
def test_who_is_asked_through_the_proxy(monkeypatch: pytest.MonkeyPatch, no_proxy: str, url: str, proxied: bool):
    monkeypatch.setenv("HTTP_PROXY", "proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_for(url) == ("http://proxy.test:3128" if proxied else None)


@pytest.mark.parametrize("named", ["socks5://user:hidden@proxy.test:1080", "http://user:hidden@:3128", "http://h:port"])
def test_what_is_no_http_proxy_is_a_sentence_without_its_password(monkeypatch: pytest.MonkeyPatch, named: str):
    monkeypatch.setenv("HTTPS_PROXY", named)
    with pytest.raises(UserError, match="HTTPS_PROXY names no HTTP proxy") as error:
        _send("https://teacher.test/v1", monkeypatch)
    assert "hidden" not in str(error.value)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_login_or_is_away_is_a_sentence(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, scheme: str
):
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", proxy.url)
    proxy.status = 407
    with pytest.raises(UserError, match="a proxy that wants a login"):
        _send(f"{scheme}://teacher.test/v1", monkeypatch)
    proxy.status = 502
    with pytest.raises(TroubleError, match="502"):
        _send(f"{scheme}://teacher.test/v1", monkeypatch)
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", "http://user:hidden@127.0.0.1:1")
    with pytest.raises(TroubleError, match="cannot be reached: the proxy: ") as error:
        _send(f"{scheme}://teacher.test/v1", monkeypatch)
    assert "hidden" not in str(error.value)


def test_a_private_authority_is_trusted_when_ssl_cert_file_names_it(
    certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    path, context = certificate
    with BadServer(context=context) as server:
        url = server.url.replace("http://", "https://")
        with pytest.raises(UserError, match=r"127\.0\.0\.1 shows a certificate that is not trusted .*SSL_CERT_FILE"):
            _send(url, monkeypatch)
        assert not server.heard
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        assert _send(url, monkeypatch).text == "reply to hi"
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
        with pytest.raises(UserError, match="SSL_CERT_FILE names"):
            _send(url, monkeypatch)


def test_a_batch_api_that_is_not_trusted_is_a_sentence_at_once(
    certificate: tuple[Path, ssl.SSLContext], tmp_path: Path
):
    with BadServer(context=certificate[1]) as server:
        batches, journal = batch_client(server.url.replace("http://", "https://"), tmp_path)
        with pytest.raises(UserError, match="not trusted"):
            dict(batches.send_requests(requests(1), journal, "t"))


@pytest.mark.parametrize("kind", ["gzip", "deflate", "br", "unsaid", "stream"])
def test_what_comes_compressed_or_streamed_though_not_asked_for_is_read(monkeypatch: pytest.MonkeyPatch, kind: str):
    with BadServer(lambda prompt, nth: kind) as server:
        assert _send(server.url, monkeypatch).text == "reply to hi"
        assert b"Accept-Encoding: identity\r\n" in server.heard[0]


def test_an_encoding_that_is_not_read_is_a_sentence_and_not_asked_again(monkeypatch: pytest.MonkeyPatch):
    with BadServer(lambda prompt, nth: "compress") as server:
        with pytest.raises(UserError, match=r"127\.0\.0\.1 sends .*not read \(compress\).*gzip"):
            _send(server.url, monkeypatch)
        assert len(server.heard) == 1


def test_the_engine_in_this_process_is_asked_without_a_proxy(server: BadServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    engine = LlamaCppTeacher.__new__(LlamaCppTeacher)
    engine._server, engine.secret = SimpleNamespace(listening_address=server.url), "secret"
    assert engine._post("/completion", {"model": "m", "prompt": "hi"})["choices"][0]["text"] == "reply to hi"
