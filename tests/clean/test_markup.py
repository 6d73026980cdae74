"""What pages leave around a text is refused by its share; a text that speaks of markup is not."""

import pytest

from secondhalf.clean.markup import MarkupSettings, check_markup
from secondhalf.rows import Document

ENGLISH = "The town council met on Monday evening to discuss the new library and its garden.\n" * 5
JAPANESE = "町の図書館は来年の春に新しい建物へ移る予定です。市民の意見を聞く会が開かれました。\n" * 5


def _run(text: str, **settings):
    return {v.check: v for v in check_markup(Document("d", text, "test"), MarkupSettings(**settings))}


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        JAPANESE,
        "",
        ENGLISH * 2 + "Copyright © 2020 Example Press. All rights reserved.",
        ENGLISH + "A paragraph starts with <p>, and &amp; stands for an ampersand.",
        "If x < 3 and y > 4 then the set {1, 2, 3} is empty; [see 4], a|b and AT&T.\n" * 3,
        "She clicked here and there, then signed in at the desk to read more of the cookie policy of her baker, who "
        "shared this with his friends and contacted us about terms of service that no one had read.\n",
        "広告を見て来たという客は、昨日の夕方に店の前で一時間ほど待っていた。お問い合わせの多い商品について、店長は丁寧に説明した。\n"
        * 2,
        "「ログインできません」と彼は電話口で困ったように言い、次の記事の締め切りまであと三時間しかないのだと付け加えた。\n",
    ],
)
def test_running_text_passes(text: str):
    assert [v.reason for v in _run(text).values()] == ["", ""]


@pytest.mark.parametrize(
    ("leftover", "first"),
    [
        ("<div class='x'><a href='https://example.org/a/b/c'>Library</a></div><br/>" * 2, "<div class='x'>"),
        ("Fish &amp; chips &nbsp;&nbsp;&lt;b&gt;&quot;&#8220;&#x201c; " * 2, "&amp;"),
        ("{{Infobox library|name=Example|built=1901}} '''Example''' [[Category:Libraries]]", "{{Infobox"),
        ("{| class=wikitable\n|-\n| one || two\n| three || four\n|}", "{| class"),
        ("| Name | Year |\n|---|---|\n| Library | 1901 |\n| Garden | 1902 |", "| Name"),
        ("[url=https://example.org/page]here[/url] [b]bold[/b] [quote]said[/quote]", "[url="),
        ('{\n  "name": "library",\n  "year": 1901,\n  "open": true\n}', "{"),
        (".menu {\n  color: red;\n  margin: 0;\n}\n#top { color: blue; }", ".menu {"),
        ("var x = document.title;\nfunction go() {\n  window.location = x;\n}", "var x"),
        ("図書館<br>開館時間<br><a href='https://example.jp/'>詳細</a>&nbsp;&nbsp;", "<br>"),
        ("{{基礎情報|名前=図書館|開館=一九〇一年}}[[カテゴリ:図書館]][編集]", "{{基礎"),
    ],
)
def test_markup_is_refused_with_its_first_span(leftover: str, first: str):
    text = "A line before.\n" + leftover
    verdict = _run(text)["markup"]
    assert (verdict.passed, verdict.reason.partition(":")[0]) == (False, "markup left in the text")
    assert 0.05 < verdict.score <= 1
    assert text[verdict.start : verdict.end].startswith(first[:1])
    assert verdict.start == text.index(first)
    assert _run(text, max_markup=1)["markup"].passed


@pytest.mark.parametrize(
    "page",
    [
        "Home | News | Sport | Contact us\n{}\nShare on Facebook\nTweet this\nLeave a comment",
        "Home > Library > Opening hours\n{}\nRelated articles\nBack to top",
        "We use cookies. Accept all cookies\nSkip to main content\n{}\nPrivacy Policy - Terms of Use",
        "ホーム ＞ 図書館 ＞ 開館時間\n{}\nこの記事をシェアする\nツイートする\n関連記事",
        "ログイン　会員登録\n{}\n続きを読む\n利用規約\nプライバシーポリシー\nお問い合わせ",
    ],
)
def test_menus_and_notices(page: str):
    text = page.format("The library opens at nine." if page.isascii() else "図書館は九時に開く。")
    verdict = _run(text)["boilerplate"]
    assert (verdict.passed, verdict.reason.partition(":")[0]) == (False, "menus and notices of a page")
    assert text[verdict.start : verdict.end] == text.split("\n")[0]


def test_share_by_hand():
    verdict = _run("abcdefgh <b>")["markup"]
    assert verdict.score == pytest.approx(3 / 11)
    assert (verdict.start, verdict.end) == (9, 12)
    assert _run("read more\nabcdefghij klmnop")["boilerplate"].score == pytest.approx(8 / 24)


@pytest.mark.parametrize("sign", ["<a", "&a", "{{", "{", "[[", "[url=", "](", '"a":', "| ", "<", "a { ", "|>", "&#"])
def test_hostile_repetition_ends(sign: str):
    assert len(_run(sign * 30_000)) == 2
