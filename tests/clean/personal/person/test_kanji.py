"""Names in kanji: full, addressed, in office, labelled; and places, firms and people without a name."""

import pytest

from secondhalf.clean.personal.person.kanji import kanji_names


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in kanji_names(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("昨日、佐藤健一が来た。", ["佐藤健一"]),
        ("林 太郎様、王 小明様へ", ["林 太郎", "王 小明"]),
        ("加藤さくらと工藤レオ", ["加藤さくら", "工藤レオ"]),
        ("鈴木さん、林くん、堂ヶ島さん", ["鈴木", "林", "堂ヶ島"]),
        ("石川部長と山口課長が話した。", ["石川", "山口"]),
        ("総務部の花岡です。", ["花岡"]),
        ("私は鳥越と申します。", ["鳥越"]),
        ("出席者：井上、石川、鳥越（記録）。議題：予算", ["井上", "石川", "鳥越"]),
        ("氏名　石川　花子", ["石川　花子"]),
        ("故田中一郎の墓", ["田中一郎"]),
        ("健太郎は走った。由美子も走った。", ["健太郎", "由美子"]),
        ("鳥越さんが来た。鳥越は座った。", ["鳥越", "鳥越"]),
        ("田中一郎氏作製の図", ["田中一郎"]),
        ("司会：東海林、記録：全員", ["東海林"]),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "石川県と千葉市、松本製作所、上野公園、佐藤ビル、田中橋駅",
        "皆さん、お客様、奥様、王様、担当者様、各位",
        "営業部長、千葉市長、横浜支店長、国会議員、日本代表",
        "同様に多様な仕様、宮殿、大仏殿、諸君、両氏",
        "林の中の森、東の谷",
        "父の内部、監督の手本、妻の基本",
        "担当：営業、備考：未定、日時：五月",
        "ご苦労様、花屋さん、看護師さん",
        "一人の選手、最初の一人",
    ],
)
def test_no_names(text: str) -> None:
    assert found(text) == []
