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


@pytest.mark.parametrize(
    "text",
    [
        "Adobe Reader 11.0.23.22 on every host", "Flash Player 24.0.0.194", "PostgreSQL server 9.6.24.1", "Oracle 11.2.0.4 on the server",
        "ドライバ 30.0.14.92", "サーバーにはOracle 12.1.0.2が入る", "「かもめ」3.4.12.7のサーバ", "the agent (4.3.2.1) asks the server", "図1.2.3.9に接続",
        "the server certificate's OID 2.5.29.17", "attribute 2.5.4.16 is the postal address", "オブジェクト識別子1.0.8.57", "1.3.6.1 of the host", "2.5.13.2",
    ],
)  # fmt: skip
def test_versions_and_object_identifiers_beside_words_of_addresses(text):
    assert matches(text) == []


@pytest.mark.parametrize(
    "text",
    ["the IP address 7.10.0.5", "the server at 7.10.0.5 is down", "host=7.10.0.5", "Server 7.10.0.5", "7.10.0.5というホスト", "サーバー7.10.0.5に", "ping 7.10.0.5",
     "IP Address: 7.10.0.5", "OID server, IP 7.10.0.5", "アドレスは7.10.0.5"],
)  # fmt: skip
def test_small_numbers_need_a_word(text):
    assert matches(text) == ["7.10.0.5"]
    assert matches("it was 7.10.0.5") == []


def test_a_product_is_no_place():
    assert matches("Berlin 77.4.7.9 and From 43.0.5.9, Google 8.8.8.8, IP Address 24.0.0.194") == [
        "77.4.7.9",
        "43.0.5.9",
        "8.8.8.8",
        "24.0.0.194",
    ]


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


def test_a_word_says_something_of_the_number_beside_it_alone():
    far = ", which is written far from here, and this line is long enough to say that it is an "
    assert matches(f"It was 7.10.0.5{far}address.") == []
    assert matches(f"It came from 1.66.200.5{far}OID.") == ["1.66.200.5"]
    assert matches("It gave 1.66.200.5 as the OID.") == []
    assert matches("A list\n66.102.7.99. The server") == []
    assert matches("A list of 66.102.7.99. The server") == ["66.102.7.99"]
