"""What is broken or invisible is mended and counted; what people write, in any script, stays as it is."""

import ftfy.bad_codecs.sloppy  # noqa: F401 - Registers the codec.
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.clean.characters import CharacterSettings, mend_characters
from secondhalf.rows import Document

JAPANESE = "町の図書館は来年の春に新しい建物へ移る予定です。"


def _run(text: str, **settings):
    mended, verdicts = mend_characters(Document("d", text, "test"), CharacterSettings(**settings))
    return mended, {verdict.check: verdict for verdict in verdicts}


@pytest.mark.parametrize(
    "text",
    [
        "The council met on Monday — “to discuss” the café’s naïve plan, 50 °C and §3.",
        "L’été, le café “français”, fermé” à Noël. SÃO PAULO É “BOM”. Straße, Ærø, ÀÉÎÕÜ.",
        JAPANESE + "①㈱ＡＢＣ１２３ﾊﾝｶｸ～「」…",
        "Привет, мир. Россия, Средства, вера.",
        "葛\U000e0100城市 飾\ufe00",
        "👩‍👩‍👧 ❤️ 1️⃣ ☎︎ \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f 🧑🏽‍🚀",
        "می‌خواهم क्‍ष שלום\u200f!",
        "tab\tand newline\n",
        "",
    ],
)
def test_what_people_write_stays(text: str):
    mended, verdicts = _run(text)
    assert mended == text
    assert all(verdict.passed and verdict.score == 0 for verdict in verdicts.values())


def test_radicals_for_kanji_are_mended_or_refused():
    mended, verdicts = _run("⼤きな⽊の下で")
    assert (mended, verdicts["encoding"].score, verdicts["encoding"].passed) == ("大きな木の下で", 2, True)
    assert (verdicts["encoding"].start, verdicts["encoding"].end) == (0, 1)
    kept, verdicts = _run("⼤きな⽊の下で", mend=False)
    assert (kept, verdicts["encoding"].score, verdicts["encoding"].passed) == ("⼤きな⽊の下で", 2, False)


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("Itâ€™s a cafÃ© â€” naÃ¯ve", "It’s a café — naïve"),
        (JAPANESE.encode().decode("latin-1"), JAPANESE),
        (JAPANESE.encode("euc_jp").decode("latin-1"), JAPANESE),
        ("‚±‚ê‚Í", "これは"),
        ("縺ゅ＞縺ｫ繧", "縺ゅ＞縺ｫ繧"),
        ("Привет, мир".encode().decode("latin-1"), "Привет, мир"),
        ("Привет".encode().decode("cp1251"), "Привет"),
        ("café été".encode().decode("mac_roman"), "café été"),
    ],
)
def test_broken_encodings(broken: str, whole: str):
    mended, verdicts = _run("A whole line.\n" + broken)
    verdict = verdicts["encoding"]
    assert mended == "A whole line.\n" + whole
    assert verdict.score >= 1
    assert verdict.passed == (broken != whole)
    assert verdict.start >= len("A whole line.\n")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("utf-8", "sloppy-windows-1252"), ("cp932", "sloppy-windows-1252"), ("euc_jp", "latin-1")],
)
def test_a_whole_page_is_mended_down_to_its_short_lines(right: str, wrong: str):
    page = "図１\n" + "ああいいうう、アイウエオ「あ」。\n" + JAPANESE + "\n元画像\nEnd"
    mended, verdicts = _run(page.encode(right).decode(wrong))
    assert mended == page
    assert verdicts["encoding"].passed
    assert verdicts["encoding"].score == 4


@pytest.mark.parametrize("sign", ["Ã©", "縺", "â€", "¤³", "‚±", "РџС", "\x1b[", "é”", "\u200d", "√©", "ð\x9f"])
def test_hostile_repetition_ends(sign: str):
    assert len(_run(sign * 20_000)[1]) == 3


def test_shift_jis_that_lost_nothing_is_mended():
    broken = "繝ｭ繝ｼ繧ｫ繝ｫ"
    assert _run(broken)[0] == broken.encode("cp932").decode() == "ローカル"


@pytest.mark.parametrize(
    ("hidden", "left"),
    [
        ("a\u200bb\u2060c\ufeffd", "abcd"),
        ("soft\xadhyphen", "softhyphen"),
        ("nul\x00bell\x07del\x7fc1\x93", "nulbelldelc1"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("tags\U000e0041\U000e0042", "tags"),
        ("a\u200db a\ufe0f", "ab a"),
        ("😀\ufe0f\ufe01\U000e0101\U000e0102", "😀\ufe0f"),
        ("noncharacters\ufdd0\uffff\U0001ffff", "noncharacters"),
        ("LRM\u200e in Latin", "LRM in Latin"),
        ("隠\u200bし\u3164文字", "隠し文字"),
    ],
)
def test_invisible_characters_go_and_are_counted(hidden: str, left: str):
    mended, verdicts = _run(hidden, max_invisible_share=1)
    verdict = verdicts["invisible"]
    assert mended == left
    assert verdict.passed
    assert verdict.score == len(hidden) - len(left)
    assert verdict.start == next(i for i, c in enumerate(hidden) if left[i : i + 1] != c)
    assert not _run(hidden, mend=False)[1]["invisible"].passed
    assert _run(hidden, mend=False)[0] == hidden


def test_too_many_are_refused():
    assert not _run("h\u200bi\u200bd\u200bd\u200be\u200bn")[1]["invisible"].passed
    assert _run("one in a long text\u200b" + JAPANESE * 10)[1]["invisible"].passed


def test_overrides_by_setting():
    text = "access\u202e level\u2066 of\u2069"
    assert _run(text)[0] == "access level of"
    assert _run(text)[1]["bidirectional"].score == 3
    assert _run(text)[1]["bidirectional"].start == 6
    refused = _run(text, bidirectional="refuse")[1]["bidirectional"]
    assert (refused.passed, refused.reason.partition(":")[0]) == (False, "bidirectional overrides")
    assert _run(text, bidirectional="keep")[0] == text


def test_lost_characters_are_refused_above_the_limit():
    text = JAPANESE * 50 + "\ufffd"
    verdict = _run(text)[1]["encoding"]
    assert (verdict.passed, verdict.reason.partition(":")[0], verdict.start) == (
        False,
        "broken encoding",
        len(text) - 1,
    )
    assert _run(text, max_broken_share=0.01)[1]["encoding"].passed
    assert _run("lone \ud800")[0] == "lone \ufffd"


def test_line_ends_and_normalisation():
    assert _run("a\r\nb\rc\x0cd\u2028e")[0] == "a\nb\nc\nd\ne"
    assert _run("ＡＢＣ①が", normalise="NFKC")[0] == "ABC1が"
    assert _run("か\u3099", normalise="NFC")[0] == "が"


@given(
    st.text(
        st.one_of(st.characters(), st.sampled_from("a\u200d\ufe0f😀\U000e0101葛\u202e\r\n\x1b[m0Ã©縺")), max_size=40
    )
)
def test_a_second_pass_finds_nothing_invisible(text: str):
    once = _run(text, max_invisible_share=1, max_broken_share=1)[0]
    again, verdicts = _run(once, max_invisible_share=1, max_broken_share=1)
    assert verdicts["invisible"].score == verdicts["bidirectional"].score == 0 or again != once
    assert "\r" not in once
