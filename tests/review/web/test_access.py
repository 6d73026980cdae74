"""Who is let in, and what is turned away: forged sessions and forms, headers from outside, names that are not ours."""

import socket
import time
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.review.web.access import AccessSettings, _is_within, is_loopback, trusted_networks
from secondhalf.review.web.headers import MOST_BYTES, POLICY
from support.review_runs import made_pairs, made_run
from support.review_server import ReviewServer, review_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ReviewServer]:
    with review_server(made_run(tmp_path, made_pairs(10)), str(tmp_path / "review.sqlite")) as server:
        yield server


PROTECTED = [
    "/",
    "/queue/random",
    "/queue/random/fragment",
    "/item/x",
    "/history",
    "/progress",
    "/api/queues/random/next",
    "/api/figures",
]


@pytest.mark.parametrize("cookie", ["", "secondhalf_review=forged", "secondhalf_review=" + "a" * 43])
def test_a_forged_session_sees_nothing(server: ReviewServer, cookie: str):
    browser = server.browser()
    for path in PROTECTED:
        page = browser.get(path, **({"cookie": cookie} if cookie else {}))
        assert page.status == (401 if path.startswith("/api/") else 303)
        assert "bridge" not in page.text
    page = browser.post("/decide", {"item": "x", "action": "accept"}, cookie=cookie or "a=b")
    assert page.status == 401


def test_a_form_from_elsewhere_is_refused(server: ReviewServer):
    aki, ben = server.browser("aki"), server.browser("ben")
    form = aki.follow("/queue/random").form
    for change, headers in (
        ({"csrf": ""}, {}),
        ({"csrf": ben.token}, {}),
        ({"csrf": "é"}, {}),
        ({}, {"origin": "https://evil.example"}),
        ({}, {"origin": "null"}),
        ({}, {"sec_fetch_site": "cross-site"}),
    ):
        page = aki.post("/decide", {**form, "action": "accept", **change}, **headers)
        assert page.status == 403, (change, headers)
    assert server.desk.log.rows == []
    assert aki.post("/login", {"name": "aki", "password": "x"}, origin="https://evil.example").status == 403
    assert (
        aki.post("/decide", {**form, "action": "accept"}, origin=server.address, sec_fetch_site="same-origin").status
        == 303
    )


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "https://]["])
def test_an_origin_that_is_none_is_refused_and_no_fault_of_ours(
    server: ReviewServer, origin: str, caplog: pytest.LogCaptureFixture
):
    browser = server.browser("aki")
    assert browser.post("/language", {"csrf": browser.token, "language": "ja"}, origin=origin).status == 403
    assert "fault of ours" not in caplog.text


def test_who_leaves_in_the_middle_of_a_body_is_no_fault_of_ours(server: ReviewServer, caplog: pytest.LogCaptureFixture):
    for path, kind in (("/login", "application/x-www-form-urlencoded"), ("/api/decisions", "application/json")):
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: 100\r\n\r\nname=a"
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(head.encode())
    time.sleep(0.3)
    assert server.browser().get("/health").status == 200
    assert "fault of ours" not in caplog.text


def test_every_answer_has_the_policy(server: ReviewServer):
    aki = server.browser("aki")
    for path in (
        "/",
        "/login",
        "/static/review.js",
        "/static/none",
        "/nowhere",
        "/api/figures",
        "/item/none",
        "/health",
    ):
        headers = aki.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
    assert "unsafe" not in POLICY
    assert aki.get("/").headers["cache-control"] == "no-store"


def test_cookies_are_for_us_alone(server: ReviewServer):
    page = server.browser().get(f"/enter/{server.access.entry}")
    assert page.headers["location"] == "/"
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert server.browser().get(f"/enter/{server.access.entry}").status == 403  # it lets one browser in
    assert server.browser().get("/enter/other").status == 403


def test_another_name_for_our_address_is_refused(server: ReviewServer):
    for host in ("evil.example", "evil.example:80", "", "localhost.evil.example"):
        assert server.browser("aki").get("/", host=host).status == 400
    assert server.browser("aki").get("/", host=f"localhost:{server.port}").status == 200


@pytest.mark.parametrize(
    ("path", "body", "kind", "status"),
    [
        ("/decide", b"x" * (MOST_BYTES + 1), "application/x-www-form-urlencoded", 413),
        ("/decide", b"{}", "application/json", 400),
        ("/decide", b"\xff\xfe", "multipart/form-data; boundary=x", 400),
        ("/decide", b"", "text/plain", 400),
        ("/decide", b"&".join(b"a%d=1" % n for n in range(50)), "application/x-www-form-urlencoded", 400),
        ("/api/decisions", b"[1]", "application/json", 400),
        ("/api/decisions", b"{" * 100_000, "application/json", 400),
        ("/api/decisions", b"\xff", "application/json", 400),
        ("/api/decisions", b"a=b", "application/x-www-form-urlencoded", 400),
        ("/nowhere", b"", "application/x-www-form-urlencoded", 404),
        ("/history", b"", "application/x-www-form-urlencoded", 405),
    ],
)
def test_bodies_that_are_none(server: ReviewServer, path: str, body: bytes, kind: str, status: int):
    browser = server.browser("aki")
    page = browser.ask("POST", path, body, content_type=kind, x_csrf_token=browser.token)
    assert page.status == status
    if path.startswith("/api/"):
        assert page.text.startswith('{"error":{"code":')


@pytest.mark.parametrize("queue", ["disputed", "nonsense", "", "__class__", "a\r\nb"])
def test_a_queue_that_a_reviewer_does_not_have_is_none(
    server: ReviewServer, queue: str, caplog: pytest.LogCaptureFixture
):
    aki, ben = server.browser("aki"), server.browser("ben")
    form = aki.follow("/queue/random").form
    judged = {**ben.get(f"/item/{form['item']}").form, "queue": "random"}
    for fields in (
        {"action": "accept", "text": "other words"}, {"action": "reject", "seen": "x"}, {"action": "edit", "text": " "},
    ):  # fmt: skip
        page = aki.post("/decide", {**form, "queue": queue, **fields})
        assert page.status in {409, 422}
        assert page.form["queue"] == "random"
    assert aki.post("/decide", {**form, "action": "accept", "queue": queue}).headers["location"] == "/"
    assert ben.post("/decide", {**judged, "action": "reject"}).status == 303
    # What they disagree on is the leads', and nobody keeps it from them by a form.
    server.accounts._write("cal", "reviewer", "", "test", active=True)
    cal = server.browser("cal")
    page = cal.post("/decide", {**cal.follow("/queue/random").form, "action": "accept", "queue": queue})
    assert page.headers["location"] == "/"
    assert cal.get(f"/item/{form['item']}?queue=disputed").form["queue"] == "random"
    assert form["item"] in server.browser("lea").get("/queue/disputed").headers["location"]
    assert {row.queue for row in server.desk.log.rows} == {"", "random"}
    assert "fault of ours" not in caplog.text


def proxied(tmp_path: Path, *networks: str) -> AccessSettings:
    return AccessSettings(proxy_header="X-Remote-User", proxies=tuple(ip_network(one) for one in networks))


def test_a_proxy_says_who_it_is(tmp_path: Path):
    run, url = made_run(tmp_path, made_pairs(10)), str(tmp_path / "review.sqlite")
    with review_server(run, url, proxied(tmp_path, "127.0.0.0/8")) as server:
        browser = server.browser()
        page = browser.get("/", X_Remote_User="aki")
        assert "Log out (aki)" in page.text
        # The session is bound to the name that the proxy says.
        assert "Log out (ben)" in browser.get("/", X_Remote_User="ben").text
        assert server.browser().get("/", X_Remote_User="mallory").status == 403
        assert server.browser().get("/").status == 303


def test_a_header_from_outside_the_proxy_is_refused(tmp_path: Path):
    run, url = made_run(tmp_path, made_pairs(10)), str(tmp_path / "review.sqlite")
    with review_server(run, url, proxied(tmp_path, "10.1.2.3/32")) as server:
        for headers in ({"X_Remote_User": "lea"}, {"X_Remote_User": "lea", "X_Forwarded_For": "10.1.2.3"}):
            page = server.browser().get("/", **headers)
            assert page.status == 403
            assert "no trusted proxy" in page.text
        assert server.browser("aki").get("/").status == 200


@pytest.mark.parametrize("network", ["10.1.2.0/24", "::ffff:10.1.2.0/120"])
def test_a_proxy_of_version_4_that_comes_in_by_version_6_is_trusted(network: str):
    networks = trusted_networks([network])
    assert _is_within("::ffff:10.1.2.3", networks)
    assert not _is_within("::ffff:10.1.3.3", networks)
    assert not _is_within("::10.1.2.3", networks)
    assert not _is_within("10.1.2.3, 10.1.2.3", networks)


def test_a_proxy_says_a_name_in_utf_8(tmp_path: Path):
    run, url = made_run(tmp_path, made_pairs(10)), str(tmp_path / "review.sqlite")
    with review_server(run, url, proxied(tmp_path, "127.0.0.0/8")) as server:
        server.accounts.add("花子", "reviewer", "", "op")
        page = server.browser().get("/", X_Remote_User="花子".encode().decode("latin-1"))
        assert "Log out (花子)" in page.text


@pytest.mark.parametrize(
    "charset", ["unicode_escape", "raw_unicode_escape", "punycode", "undefined", "utf-16", '"UTF-7"']
)
@pytest.mark.parametrize("path", ["/login", "/decide"])
def test_a_form_in_no_utf_8_is_refused(server: ReviewServer, caplog: pytest.LogCaptureFixture, charset: str, path: str):
    browser = server.browser("aki")
    fields = {
        **browser.follow("/queue/random").form,
        "action": "accept",
        "text": "\\ud800",
        "name": "\\ud800",
        "password": "x",
    }
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()
    )
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    assert browser.ask("POST", path, parts + "--x--\r\n", content_type=kind).status == 400
    assert "fault of ours" not in caplog.text


def test_without_a_proxy_the_header_is_nothing(server: ReviewServer):
    assert server.browser().get("/", X_Remote_User="lea").status == 303


def test_addresses():
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert is_loopback("localhost")
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("example.org")
    assert str(trusted_networks(["10.0.0.7"])[0]) == "10.0.0.7/32"
    with pytest.raises(UserError, match="--proxy-from"):
        trusted_networks(["nowhere"])
