"""E-mail addresses: what is one, where it ends, and what only looks like one."""

import pytest

from secondhalf.clean.personal.email import disguised_emails, emails


def matches(text):
    return [text[start:end] for start, end in emails(text)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Write to first.last@example.com.", "first.last@example.com"),
        ("連絡先はtaro@example.co.jpまで", "taro@example.co.jp"),
        ("<sales+jp@lab.example.ac.jp>", "sales+jp@lab.example.ac.jp"),
        ("mailto:info@example.org?subject=x", "info@example.org"),
        ("'user@example.com'", "user@example.com"),
        ("d.o'hara@example.net,", "d.o'hara@example.net"),
        ("user=info@example.com&lang=en", "info@example.com"),
        ("SUPPORT@EXAMPLE.COM", "SUPPORT@EXAMPLE.COM"),
    ],
)
def test_finds_the_address_and_its_ends(text, address):
    assert matches(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "@property", "@example_handle", "foo@bar", "user@localhost", "icon@2x.png", "lodash@4.17.21", "@example/core",
        "git@github.com:example/project", "joe@host.example.com:/srv", "https://joe:secret@example.com/", "a@.com",
        "modprobe@module.service", "Meet @ 5.30", "@", "a@", "@b.c", "name.@example.com", "a@-example.com",
    ],
)  # fmt: skip
def test_leaves_alone(text):
    assert matches(text) == []


def test_two_addresses_side_by_side():
    assert matches("a@example.com/b@example.org,c@example.net") == ["a@example.com", "b@example.org", "c@example.net"]


def test_a_local_part_has_at_most_64_characters():
    assert matches("x" * 200 + "@example.com") == ["x" * 64 + "@example.com"]


@pytest.mark.parametrize(
    "disguised",
    [
        "name [at] example [dot] com",
        "name(at)example.com",
        "hanako【at】example.org",
        "j.doe [AT] lab [dot] example [dot] jp",
    ],
)
def test_disguised_with_brackets(disguised):
    text = f"Mail {disguised}, please."
    assert [text[start:end] for start, end in disguised_emails(text)] == [disguised]


@pytest.mark.parametrize("text", ["look at example dot com", "(at) noon", "he stood (at) ease", "x [at] y"])
def test_bare_words_are_no_disguise(text):
    assert list(disguised_emails(text)) == []
