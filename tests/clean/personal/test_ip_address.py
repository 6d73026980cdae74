"""IP addresses, and versions, sections and times that look like them."""

import pytest

from secondhalf.clean.personal.ip_address import ipv4_addresses, ipv6_addresses


def matches(text, public_only=True):
    spans = [*ipv4_addresses(text, public_only), *ipv6_addresses(text, public_only)]
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    "address",
    ["192.0.2.7", "203.0.113.254", "8.8.8.8", "1.1.1.1", "198.41.0.4", "2001:db8::7", "2001:DB8:0:0:8:800:200C:417A",
     "2001:0db8:85a3:0000:0000:8a2e:0370:7334", "2606:4700:4700::1111", "2001:db8:13bb:2::"],
)  # fmt: skip
def test_public_addresses_in_both_languages(address):
    assert matches(f"It came from {address}.") == [address]
    assert matches(f"攻撃は{address}から来た") == [address]
    assert matches(f"http://[{address}]:8080/ {address}/64") == [address, address]


@pytest.mark.parametrize(
    "text",
    [
        "version 1.2.3.4", "v203.0.113.9", "Firefox/2.0.0.11", "libfoo 1.2.3.4-5", "section 4.2.13.1", "第 6.1.2.2 節", "3.2.1.1項",
        "バージョン5.4.12.2", "package==2.6.32.9", "1.3.6.1.4.1.311.21", "256.1.1.300", "11.1.3.1. IP-Based", "zlib 1.2.0.1",
        "192.168.0.1", "10.0.0.1", "127.0.0.1", "255.255.255.0", "0.0.0.0", "12:34:56", "00:1b:44:11:3a:b7", "std::vector",
        "cafe::babe", "::1", "fe80::1", "a[1:2:3]", "192.0.0.9", "1.2.3", "::", "V8 to 9.5.172.25", "libXrandr 1.2.99.4", "224.80.80.80", "Jun 6 2006::",
    ],
)  # fmt: skip
def test_leaves_alone(text):
    assert matches(text) == []


def test_small_numbers_need_a_word():
    assert matches("the IP address 7.10.0.5") == ["7.10.0.5"]
    assert matches("it was 7.10.0.5") == []


def test_private_ones_when_asked():
    assert matches("10.0.0.200 and fe80::1 and 192.168.0.1", public_only=False) == [
        "10.0.0.200",
        "192.168.0.1",
        "fe80::1",
    ]


def test_ranges_and_assignments():
    assert matches("192.0.2.1-192.0.2.20") == ["192.0.2.1", "192.0.2.20"]
    assert matches("host=203.0.113.5") == ["203.0.113.5"]


def test_after_a_label():
    assert matches("[IPv6:2001:db8::1]") == ["2001:db8::1"]
