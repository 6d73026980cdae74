"""Kanji written as radicals become kanji where there is Japanese or Chinese text around them, and nowhere else."""

import unicodedata

import pytest

from secondhalf.text.radicals import mend_radicals


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("⼤きな⽊の下で⼦どもが本を⾒る。", "大きな木の下で子どもが本を見る。"),
        ("⻑い⻘い⻝", "長い青い食"),
        ("⼾を閉め、⿊い⻩⾊の箱", "戸を閉め、黒い黄色の箱"),
        ("⽇本国⺠", "日本国民"),
        ("我们⼤家都⻅⻓⿊", "我们大家都见长黑"),
    ],
)
def test_kanji_for_radicals(text: str, mended: str) -> None:
    count = sum("\u2e80" <= c <= "\u2fd5" for c in text)
    assert mend_radicals(text) == (mended, count, next(i for i, c in enumerate(text) if "\u2e80" <= c <= "\u2fd5"))
    assert mend_radicals(mended) == (mended, 0, -1)


@pytest.mark.parametrize("text", ["", "The radical ⽔ means water.", "⼤ ⼩", "大きな木"])
def test_radicals_that_are_meant_stay(text: str) -> None:
    assert mend_radicals(text)[:2] == (text, 0)


def test_every_radical_of_unicode_has_a_kanji() -> None:
    for code in range(0x2E80, 0x2FD6):
        if unicodedata.name(chr(code), "") and code not in {0x2E80, 0x2E9A}:  # a stroke that is no kanji; unassigned
            kanji = mend_radicals(f"あ{chr(code)}")[0][1]
            assert unicodedata.name(kanji).startswith("CJK UNIFIED IDEOGRAPH"), hex(code)
