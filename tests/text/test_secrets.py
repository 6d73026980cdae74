"""Keys and logins never stay in what is stored or printed; honest text does."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.text import secrets
from secondhalf.text.secrets import has_login, mask_keys, mask_secrets, remember_key

KEY = 'sk-Ab9/+="x'


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(secrets, "_keys", set())
    remember_key(KEY)
    return


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"Incorrect key {KEY}, or {KEY}{KEY}", "Incorrect key [key], or [key][key]"),
        ("?key=sk-Ab9%2F%2B%3D%22x", "?key=[key]"),
        ('{"key": "sk-Ab9/+=\\"x"}', '{"key": "[key]"}'),
        ("sk-Ab9 is only its beginning", "sk-Ab9 is only its beginning"),
    ],
)
def test_a_key_that_was_read_is_blotted_out_however_it_is_written(text: str, masked: str) -> None:
    assert mask_keys(text) == mask_secrets(text) == masked


def test_one_key_that_begins_another_leaves_nothing_of_it() -> None:
    remember_key(f"{KEY}-longer")
    assert mask_keys(f"{KEY}-longer {KEY}") == "[key] [key]"


def test_a_placeholder_is_a_word_of_honest_text_and_is_masked_in_errors_alone() -> None:
    remember_key("EMPTY")
    assert mask_keys("An EMPTY set.") == mask_secrets("An EMPTY set.") == "An EMPTY set."
    assert mask_secrets("EMPTY is no key", "EMPTY") == "[key] is no key"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://me:pa55@host/v1", "https://[login]@host/v1"),
        ("at https://token@host, ftp://u:p@ss@h:21/a@b", "at https://[login]@host, ftp://[login]@h:21/a@b"),
        ("https://h/a?X-Amz-Signature=ab%3D&x=1&api_key=k#b", "https://h/a?X-Amz-Signature=[key]&x=1&api_key=[key]#b"),
        ("https://host/@me and a@b.example", "https://host/@me and a@b.example"),
        ('{"a": "x://y", "b": "c@d"}', '{"a": "x://y", "b": "c@d"}'),
    ],
)
def test_the_login_of_an_address_is_not_printed_and_stays_in_stored_text(text: str, masked: str) -> None:
    assert mask_secrets(text) == masked
    assert mask_keys(text) == text


def test_an_address_with_a_login_is_known() -> None:
    assert all(
        map(has_login, ["https://u:p@h/v1", " s3://key:secret@bucket", "simplecache::ftp://u:p@h/a", "a+b://t@h"])
    )
    assert not any(map(has_login, ["https://h/@u", "hf:org/name@main", "me@host", "see https://u:p@h", ""]))


@given(st.text(), st.text())
def test_no_key_is_left_wherever_it_stands(before: str, after: str) -> None:
    assert KEY not in mask_keys(before + KEY + after)


def test_a_key_of_eight_characters_counts_and_one_of_seven_does_not() -> None:
    remember_key("q7-z4w9")
    remember_key("q8-z4w9x")
    assert mask_keys("q7-z4w9 and q8-z4w9x") == "q7-z4w9 and [key]"
