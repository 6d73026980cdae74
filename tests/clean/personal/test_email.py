"""E-mail addresses: what is one, where it ends, and what only looks like one."""

import pytest

from secondhalf.clean.personal.email import disguised_emails, emails


def matches(text):
    return [text[start:end] for start, end in emails(text)]


@pytest.mark.parametrize(
    "code",
    ["q@k.transpose(-2, -1)", "x@self.weight.t()", "attn@v.view(b, t)", "X.T@y.flatten()", "proj = x@w.to(device)", "emb@emb.mT", "h@model.head.weight.T",
     "x@self.w.data.T", "x@self.dim.data[0]", "pbmc@meta.data$percent", "object@meta.data[, 1]", "a@b.is", "np.dot(a@b.new(3))", "例：x@y.sum()です",
     "u-hidden@mobile.is-active", ".o-item@tablet.wide", ".w-1@page.in", "memcpy@GLIBC.versions", "logo@2x.ai", "run@deploy.sh(1)"],
)  # fmt: skip
def test_code_and_class_names_are_no_addresses(code):
    assert matches(code) == []


@pytest.mark.parametrize(
    "handle", ["@news@social.example.org", "https://a.example/@pia@art.example.com", "@a@b.example.jp"]
)
def test_handles_are_no_addresses(handle):
    assert matches(f"Follow {handle} for more") == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("hello@example.studio (we answer)", "hello@example.studio"),
        ("press@example.tokyo(平日九時から)", "press@example.tokyo"),
        ("help@example.dev(9:00-18:00)", "help@example.dev"),
        ("office@example.co.jp[1]", "office@example.co.jp"),
        ("to office@example.com.Please reply", "office@example.com"),
        ("Office@Example.Com", "Office@Example.Com"),
        ("taro@example.xn--p1ai", "taro@example.xn--p1ai"),
        ("taro@host.local", "taro@host.local"),
        ("質問はtaro@example。co。jpへ。", "taro@example。co。jp"),
        ("質問はtaro@example.co.jp。次へ", "taro@example.co.jp"),
        (
            "質問はtaro@example.jp。com以外",
            "taro@example.jp。com",
        ),  # the price of the dot: nothing is lost that is an address
    ],
)
def test_addresses_under_endings_that_are_words_and_beside_brackets(text, address):
    assert matches(text) == [address]


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
        "taro(アットマーク)example.jp",
        "j.doe [AT] lab [dot] example [dot] jp",
    ],
)
def test_disguised_with_brackets(disguised):
    text = f"Mail {disguised}, please."
    assert [text[start:end] for start, end in disguised_emails(text)] == [disguised]


@pytest.mark.parametrize("text", ["look at example dot com", "(at) noon", "he stood (at) ease", "x [at] y"])
def test_bare_words_are_no_disguise(text):
    assert list(disguised_emails(text)) == []
