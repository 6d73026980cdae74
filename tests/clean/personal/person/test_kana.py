"""Names in katakana and hiragana, and what is none."""

import pytest

from secondhalf.clean.personal.person.kana import kana_names


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in kana_names(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("マイケル・ザンバが来た。", ["マイケル・ザンバ"]),
        ("ザンバ・フォン・ドルムは", ["ザンバ・フォン・ドルム"]),
        ("ウィリアム・H・ザンバと", ["ウィリアム・H・ザンバ"]),
        ("ザンバさん、ザンバ・ドルム氏、ブラウン教授", ["ザンバ", "ザンバ・ドルム", "ブラウン"]),
        ("受付のマイケルです。", ["マイケル"]),
        ("さくらちゃんとゆうきくん", ["さくら"]),
        ("ふりがな：すずき はなこ", ["すずき はなこ"]),
        ("氏名　スズキ　ハナコ", ["スズキ　ハナコ"]),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "ユーザーさん、パン屋さん、メーカー様",
        "データ・センター、ニュー・ヨーク、カーソル・リスト",
        "マイケル賞、ジョン・スミス空港、ブラウン管、ブラウン",
        "たくさんの人、お母さん、おじさん",
        "りんご・みかん、コーヒー・ケーキ",
    ],
)
def test_no_names(text: str) -> None:
    assert found(text) == []
