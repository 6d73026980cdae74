"""Running Japanese and Chinese passes; lists, keywords, ellipses and repetition are refused by the rule meant for them."""

import pytest

from secondhalf.clean.japanese import JapaneseSettings, check_japanese
from secondhalf.rows import Document

GOOD = """町の図書館は来年の春に駅前の新しい建物へ移る予定です。これまでの建物は築五十年を超え、雨漏りや段差が利用者を困らせてきました。
新しい館では一階に子どもの本を集め、床に座って読める広い場所をつくります。二階には郷土の資料と静かな学習室が入り、夜九時まで開くそうです。
先月の説明会には百人ほどの市民が集まりました。「駐車場が足りないのではないか」という質問に対し、担当者はバスの本数を増やす案を示しました。
工事の費用はおよそ十二億円で、その半分を国の補助金でまかなうといいます。残りをどう工面するかは、秋の議会で改めて話し合われます。
"""
CHINESE = """市图书馆计划明年春天搬到车站前的新楼。旧楼已经使用了五十多年，漏雨和台阶一直让读者感到不便。
新馆一楼将集中儿童读物，并设置可以席地而坐的宽敞空间。二楼收藏地方资料，还有一间安静的自习室，据说开放到晚上九点。
上个月的说明会来了大约一百位市民。有人担心停车位不够，负责人提出了增加公交班次的方案，并答应再次调查。
"""


def _failed(text: str, language: str = "", **settings) -> dict[str, str]:
    verdicts = check_japanese(Document("d", text, "test", language=language), JapaneseSettings(**settings))
    return {verdict.check: verdict.reason.partition(":")[0] for verdict in verdicts if not verdict.passed}


def test_running_text_passes():
    assert _failed(GOOD) == {}
    assert _failed(GOOD, "ja") == {}
    assert _failed(GOOD.replace("\n", "")) == {}
    assert _failed(CHINESE) == {}
    assert _failed(CHINESE, "zh") == {}


def test_chinese_is_no_japanese():
    assert _failed(CHINESE, "ja") == {"ja_hiragana": "too little hiragana"}


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("The library moves to a new building next spring, says the town. " * 2 + GOOD[:60], "letters"),
        ("東京都千代田区丸の内一丁目、大阪府大阪市北区梅田三丁目、名古屋市中村区名駅四丁目の各店舗一覧。", "hiragana"),
        (
            "ワイヤレスイヤホン、ノイズキャンセリング、ブルートゥーススピーカー、スマートフォンケースのセール。",
            "katakana",
        ),
        ("はい。いいえ。そうです。ちがいます。わかりません。もう一度。どうぞ。", "sentence"),
        (GOOD.replace("。", "、").replace("\n", ""), "sentence"),
        (GOOD + "それから" * 3 + "町の人は話し合いを続け、" * 20, "longest"),
        (
            "町の図書館は来年の春に新しい建物へ移るというのだが…\n市民の意見を聞く会が先月開かれたというのだが…\n",
            "ellipses",
        ),
        (
            "図書館の開館時間と休館日のご案内について\n子どもの本と読み聞かせの会のお知らせについて\n" + GOOD[:20],
            "line_ends",
        ),
        (GOOD + (GOOD.split("\n", maxsplit=1)[0] + "\n") * 3, "duplicate_lines"),
        (
            GOOD.replace("\n", "") + GOOD.split("。", maxsplit=1)[0] + "。" + GOOD.replace("\n", ""),
            "duplicate_sentences",
        ),
        ("ああ" * 60 + "。", "top_gram"),
        ("".join(f"{c}市の図書館は来年の春に新しい建物へ移ります。" for c in "東西南北上下左右"), "duplicate_grams"),
    ],
)
def test_each_rule(text: str, check: str):
    assert f"ja_{check}" in _failed(text)


def test_the_longest_sentence_is_the_span():
    text = GOOD + "町の人は話し合いを続け、" * 20 + "。"
    verdict = {verdict.check: verdict for verdict in check_japanese(Document("d", text, "t"), JapaneseSettings())}[
        "ja_longest"
    ]
    assert (verdict.start, verdict.end, verdict.score) == (len(GOOD), len(text), float(len(text) - len(GOOD)))


def test_odd_texts_have_a_verdict_each():
    for text in ("", "\n", "。", "あ", "\ud800", "あ" * 100_000, "あ\n" * 20_000):
        assert len(check_japanese(Document("d", text, "test"), JapaneseSettings())) >= 9
    assert _failed(GOOD, max_top_grams={}, max_duplicate_grams={}) == {}
