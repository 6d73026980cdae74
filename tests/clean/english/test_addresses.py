"""Addresses stay whole in a segmentation; near misses do not."""

import pytest

from secondhalf.clean.english.addresses import is_address


@pytest.mark.parametrize(
    "text",
    [
        "example.com",
        "www.example.com:8080/a?b#c",
        "https://example.com",
        "svn+ssh://user:secret@example.org/x",
        "user@example.com",
        "user@host@example.com",
        "http://@example.com",
        "a/b@example.com/@",
        "192.0.2.1:80",
        "пример.рф",
        "例え.テスト",
    ],
)
def test_an_address_is_seen(text: str):
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example",
        "example.",
        ".com",
        "a..com",
        "a.b",
        "end.Start",
        "@example.com",
        "user@",
        "-a.com",
        "a-.com",
        "example.com:x",
        "example.com:123456",
        "h://example.com",
        "10.0.0.1",
        "192.168.0.1",
        "172.16.0.1",
        "127.0.0.1",
        "0.0.0.1",
        "224.0.0.1",
        "192.0.2.255",
        "192.0.2.256",
        "192.0.2",
        "a" * 65 + ".com",
        "a." + "b" * 64,
        "a@b" * 3,
    ],
)
def test_anything_else_is_not(text: str):
    assert not is_address(text)
