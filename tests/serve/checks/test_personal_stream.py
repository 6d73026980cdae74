"""What is given is final, no masked word is ever half given, and it all comes to what masking the whole text gives."""

import random
import re
import time
from typing import Literal

import pytest

from secondhalf.clean.personal import PersonalSettings, mask_personal
from secondhalf.rows import Document
from secondhalf.serve.checks.personal_stream import PersonalStream, mask_whole

SETTINGS = PersonalSettings()
TEXTS = [
    "Write to taro.yamada@example.com or call +81 90-1234-5678 before noon, please.",
    "The key is sk-proj-4f9d8a7b6c5e4d3c2b1a0f9e8d7c6b5a and the token: 9f8e7d6c5b4a39281706f5e4d3c2 works.",
    "名前はtaro（アット）example.jpです。電話は０３－１２３４－５６７８、カードは4111 1111 1111 1111です。",
    "Mail name [at] example [dot] com (a friend) in 2024; 12 of 345,678 came (see 3.14).",
    "IBAN DE89 3704 0044 0532 0130 00 belongs to her. Host 8.8.8.8 answers.",
    "個人番号は1234 5678 9018です。123456789018 is My Number.",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAxabcdefghijk\nAbCdEfGhIjKlMnOpQrStUvWxYz0123\n-----END RSA PRIVATE KEY-----\nis it.",
    "Nothing here is personal, nor there. 川は古い水車小屋のそばを流れる。",
]


def _given(text: str, size: int) -> list[str]:
    stream = PersonalStream(SETTINGS, mask=True)
    return [stream.feed(text[start : start + size]) for start in range(0, len(text), size)] + [stream.end()]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_pieces_come_to_the_masked_whole(text: str, size: int):
    assert "".join(_given(text, size)) == mask_personal(Document("1", text, ""), SETTINGS)[0]


WORDS = [
    "In 2024 some",
    "12,345 people",
    "(see 3.14)",
    "who came at 10:30",
    "IBAN DE89 3704 0044 0532 0130 00",
    "iban gb82-west-1234-5698-7654-32",
    "Host 8.8.8.8",
    "8.8.4.4 という",
    "ホスト",
    "call +81 90-1234-5678",
    "(03) 1234-5678",
    "from",
    "my number",
    "1234 5678 9018",
    "123456789018",
    "is My Number",
    "個人番号は",
    "a@example.com",
    "name [at] example [dot] com",
    "（アット）",
    "４１１１ １１１１ １１１１ １１１１",
    "4111-1111-1111-1111",
    "at10 and",
    "2001:4860:4860::8888",
    "sk-proj-4f9d8a7b6c5e4d3c2b1a0f9e8d7c6b5a",
    "川は流れる。",
    "1.2.3",
    "-",
    ",",
    "\n",
    "no. 5",
    "tel 555 0199",
    "order 4111111111111111",
]


def test_whatever_stands_side_by_side_comes_to_the_masked_whole():
    chance = random.Random(5)
    for _ in range(150):
        text = " ".join(chance.choices(WORDS, k=chance.randint(2, 14))) + chance.choice(["", ".", " "])
        given = "".join(_given(text, chance.randint(1, 9)))
        assert given == mask_personal(Document("1", text, ""), SETTINGS)[0], text


def test_what_follows_a_small_number_is_not_held_back():
    stream = PersonalStream(SETTINGS, mask=True)
    behind = 0
    for word in re.findall(
        r"\S+ ", "In 2024 some 12,345 people came (3.5 % of all) at 10:30 to see it, and 7 stayed there. "
    ):
        behind += len(word) - len(stream.feed(word))
        assert behind < 16, word


def test_ordinary_words_are_given_as_the_next_one_begins():
    stream = PersonalStream(SETTINGS, mask=True)
    assert stream.feed("The river ru") == "The river "
    assert stream.feed("ns. ") == ""
    assert stream.feed("I") == "runs. "


def test_japanese_without_blanks_is_not_held_back():
    assert PersonalStream(SETTINGS, mask=True).feed("川は流れる。") == "川は流れる。"


def test_a_table_of_numbers_does_not_fill_the_memory():
    stream = PersonalStream(SETTINGS, mask=True)
    given = sum(len(stream.feed("12 34 ")) for _ in range(500))
    assert given > 0


def test_a_kind_that_is_kept_is_given_as_it_is():
    stream = PersonalStream(PersonalSettings(email="keep"), mask=True)
    assert stream.feed("a@example.com") + stream.end() == "a@example.com"


@pytest.mark.parametrize("kind", ["mask", "drop"])
def test_a_whole_question_is_masked_at_once(kind: Literal["mask", "drop"]):
    """The processor's seconds: fifteen when it was gone through as a stream is."""
    settings, start = PersonalSettings(email=kind, phone="keep"), time.thread_time()
    masked = mask_whole("+81 90-1234-5678 " + "a@b.com " * 25_000, settings)
    assert time.thread_time() - start < 5
    assert masked == "+81 90-1234-5678 " + "[email] " * 25_000


HEAD, END = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
LINE = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF0qeT1hkZc9bR8mYvUu2lQx7Kp4N"
KEYS = {
    "of 4096 bits": f"{HEAD}\n" + f"{LINE}\n" * 50 + END,
    "of 16384 bits": f"{HEAD}\n" + f"{LINE}\n" * 200 + END,
    "in JSON": f'{{"private_key": "{HEAD}\\n' + f"{LINE}\\n" * 26 + f'{END}\\n"}}',
    "under a passphrase": f"{HEAD}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,AB12\n\n" + f"{LINE}\n" * 26 + END,
    "in one line": f"{HEAD} {LINE * 26} {END}",
    "and another": f"{HEAD}\n{LINE}\n{END}\nand\n{HEAD}\n" + f"{LINE}\n" * 50 + END,
}


@pytest.mark.parametrize("size", [1, 5, 64, 1000, 100_000])
@pytest.mark.parametrize("key", KEYS)
def test_nothing_of_a_private_key_is_given_however_long_it_is_and_however_it_is_written(key: str, size: int):
    text, start = f"Here it is: {KEYS[key]} and that is all of it.", time.thread_time()
    given = "".join(_given(text, size))
    assert given == mask_personal(Document("1", text, ""), SETTINGS)[0]
    assert LINE not in given
    assert time.thread_time() - start < 10


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("left", [400, 130, 40])
def test_a_key_that_the_longest_answer_cuts_off_is_masked(key: str, left: int):
    """Who may say how long an answer is may end it before the key does."""
    given = "".join(_given(f"Here it is: {KEYS[key][:-left]}", 7))
    assert given.startswith("Here it is: ")
    assert "[key]" in given
    assert not re.search(r"[A-Za-z0-9+/=]{16}", given)


def test_a_key_without_an_end_is_masked_as_far_as_it_is_held():
    given = "".join(_given(f"{HEAD}\n" + f"{LINE}\n" * 400, 500))
    assert given.count(LINE) < 120
    assert given.startswith("[key]")


def test_a_first_line_of_a_key_alone_ends_no_answer():
    text = f"Such a file begins with {HEAD}, which is how it is known. " + "It goes on and on. " * 20
    assert "".join(_given(text, 7)) == mask_personal(Document("1", text, ""), SETTINGS)[0]


def test_a_word_without_end_costs_little():
    stream, start = PersonalStream(SETTINGS, mask=True), time.thread_time()
    for _ in range(6000):
        stream.feed("x")
    assert time.thread_time() - start < 3
