"""No character of a page's visible sentences is lost or doubled, whatever tags stand around it."""

import re
from html import escape
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.corpus.readers.html import extract_page
from secondhalf.corpus.readers.items import ReadText
from secondhalf.corpus.readers.page_text import main_text

pytest.importorskip("resiliparse")

TAGS = [
    "a", "abbr", "b", "bdi", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark", "q", "ruby", "s",
    "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "x-own",
]  # fmt: skip
ATTRIBUTES = [
    "", "", ' class="jp"', ' class="email"', ' class="share logo"', ' rel="tag"', ' rel="author"', ' itemprop="url"', ' href="/は"',
    ' id="next"', ' title="x>は<y"',
]  # fmt: skip
# Icons (private use), controls and what is no character are no text.
character = st.characters(exclude_categories=["Cs", "Co", "Cc", "Cn"])
word = st.text(character | st.sampled_from("はが、。—…€≤가กक¶<&> \n"), min_size=1, max_size=3)


def tagged(content: str, tag: str, attributes: str) -> tuple[str, str]:
    """A text as HTML inside a tag, and the text itself."""
    return f"<{tag}{attributes}>{escape(content)}</{tag}>", content


def referenced(content: str) -> tuple[str, str]:
    """A text as references by number, and the text itself."""
    return "".join(f"&#x{ord(c):X};" for c in content), content


plain = word.map(lambda text: (escape(text), text))
leaf = st.builds(tagged, word, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)) | plain | word.map(referenced)
empty = st.sampled_from([("<!-- は -->", ""), ("<wbr>", ""), ("<script>'は'</script>", ""), ("<rt>よみ</rt>", "")])
nested = st.tuples(leaf, st.sampled_from(["b", "i", "em", "span"])).map(
    lambda n: (f"<{n[1]}>{n[0][0]}</{n[1]}>", n[0][1])
)
parts = st.lists(leaf | nested | empty, min_size=1, max_size=12)


def visible(text: str) -> str:
    """A text with its blanks as a page shows them."""
    return re.sub(r"[ \t\n\r\f]+", " ", text).strip(" ")


def read(html: str) -> str:
    """The main text of a page."""
    item = extract_page(html.encode(), "a.html", charset="utf-8")
    assert isinstance(item, ReadText), item
    return item.text


@settings(max_examples=200, deadline=None, derandomize=True)
@given(parts, st.sampled_from(["p", "li", "blockquote", "dd", "td"]))
def test_the_text_of_a_sentence_is_whole_whatever_tags_stand_in_it(pieces: list[tuple[str, str]], block: str) -> None:
    html = "".join(source for source, _ in pieces)
    around = {"li": ("<ul>", "</ul>"), "td": ("<table><tr>", "</tr></table>")}.get(block, ("", ""))
    page = f"<html><body><main>{around[0]}<{block}>Words {html} end.</{block}>{around[1]}</main></body></html>"
    expected = visible("Words " + "".join(text for _, text in pieces) + " end.")
    assert visible(read(page).removeprefix("  • ")) == expected


REPORTED = [
    (
        '<p><a href="/a">水車</a>の<a href="/b">動力</a>で<a href="/c">穀物</a>を<a href="/d">製粉</a>する。</p>',
        "水車の動力で穀物を製粉する。",
    ),
    ('<p><b>小屋</b>（<a href="/k">こや</a>）は「<a href="/t">建物</a>」。</p>', "小屋（こや）は「建物」。"),
    (
        '<p><a href="/a">방앗간</a>은 <a href="/b">마을</a>의 <a href="/c">중심</a>이다.</p>',
        "방앗간은 마을의 중심이다.",
    ),
    (
        "<p><ruby>図書館<rt>としょかん</rt></ruby>で<ruby>本<rt>ほん</rt></ruby>を<ruby>借<rt>か</rt></ruby>りた<ruby>子<rt>こ</rt></ruby>どもがいる。</p>",
        "図書館で本を借りた子どもがいる。",
    ),
    (
        "<p><ruby><rb>水車</rb><rp>（</rp><rt>すいしゃ</rt><rp>）</rp></ruby>はもう<ruby><rb>無</rb><rp>（</rp><rt>な</rt><rp>）</rp></ruby>い。</p>",
        "水車はもう無い。",
    ),
    ("は<b>が</b>も", "はがも"),
    ("<p>x<i>&le;</i>y<i>&#12354;</i>z<i>&hellip;</i><i>&#32;は&#x20;</i>w", "x≤yあz… は w"),
    ("<p>数<math><mi><![CDATA[は]]></mi></math>値", "数は値"),
    (
        "<p>Built in <time class=date>1883</time> by <a rel=author>me</a> for <label>you</label>.",
        "Built in 1883 by me for you.",
    ),
    ("<p>文<b><span class=email>メール</span></b>と<span class=jp>日</span>本", "文メールと日本"),
    ("<p>and <b>¶</b> stays, a link to the place<a href=#x>¶</a> goes", "and ¶ stays, a link to the place goes"),
    ("<p>an icon <b>\ue001</b> goes, <b>\x01</b>は\x01", "an icon goes, \x01は\x01"),
    ("<p>Quoted:<figure><blockquote>the words</blockquote><img alt=no></figure>", "Quoted: the words"),
    ("<p>seen <span class='x hidden'>unseen</span><i class=email>and seen</i>", "seen and seen"),
]


@pytest.mark.parametrize(("html", "text"), REPORTED)
def test_reports_of_lost_and_doubled_characters(html: str, text: str) -> None:
    assert visible(read(html)) == visible(text)


@pytest.mark.parametrize(
    "family",
    [
        ">&Tab;",
        ">は",
        "は&#32;",
        "<b>は ",
        "<p><i class=x>",
        "<p>x<i class=x>",
        ">" + "\n" * 9,
        "<![CDATA[",
        "&",
        "\x01",
    ],
)
def test_time_grows_with_the_page_alone(family: str) -> None:
    def seconds(size: int) -> float:
        html = f"<p>{family * (size // len(family))}"
        start = process_time()
        main_text(html)
        return process_time() - start

    short = min(seconds(5000) for _ in range(2))
    assert min(seconds(20_000) for _ in range(2)) < 12 * short + 0.05
