"""Words are cut where spaCy's blank English tokenizer cuts them: every expected value below is one it gave (3.8)."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.clean.english.abbreviations import exceptions
from secondhalf.clean.english.words import segment

CASES = [
    ("don't,", "do n't ,"),
    ("can't", "ca n't"),
    ("cannot", "can not"),
    ("I'm", "I 'm"),
    ("I’m", "I ’m"),
    ("we'll've", "we 'll 've"),
    ("it's", "it 's"),
    ("its", "its"),
    ("wed", "we d"),
    ("dont", "do nt"),
    ("Wont", "Wo nt"),
    ("WE'LL", "WE'LL"),
    ("John's", "John 's"),
    ("JOHN’S", "JOHN ’S"),
    ("boys'", "boys '"),
    ("let's", "let 's"),
    ("y'all", "y' all"),
    ("c'mon", "c'm on"),
    ("how'd'y", "how 'd 'y"),
    ("ma'am,", "ma'am ,"),
    ("o'clock.", "o'clock ."),
    ("'em", "'em"),
    ("'tis", "' tis"),
    ("rock'n'roll", "rock'n'roll"),
    ("goin'", "goin'"),
    ("shouldn't've", "should n't 've"),
    ("Mr.", "Mr."),
    ("(Mr.", "( Mr."),
    ("Mr.)", "Mr. )"),
    ("etc.", "etc ."),
    ("U.S.", "U.S."),
    ("U.S.A.", "U.S.A."),
    ("U.S.'", "U.S. '"),
    ("e.g.,", "e.g. ,"),
    ("Ph.D.,", "Ph.D. ,"),
    ("J.", "J."),
    ("j.", "j."),
    ("vs.)", "vs. )"),
    ("NASA.", "NASA ."),
    ("IBM.)", "IBM . )"),
    ("No.", "No ."),
    ("end.", "end ."),
    ("end.Start", "end . Start"),
    ("end.start", "end.start"),
    ("END.Start", "END.Start"),
    ("Inc.'s", "Inc. 's"),
    ("8a.m.", "8 a.m."),
    ("10pm", "10 pm"),
    ("13pm", "13pm"),
    ("8a.m.;", "8 a.m. ;"),
    ("12:30", "12:30"),
    ("12:30pm", "12:30pm"),
    ("5km", "5 km"),
    ("5km.", "5 km ."),
    ("3.5GB", "3.5 GB"),
    ("50%", "50 %"),
    ("50%.", "50 % ."),
    ("100°C.", "100 ° C ."),
    ("20m²", "20 m²"),
    ("5кг", "5 кг"),
    ("$5.50", "$ 5.50"),
    ("US$20", "US$ 20"),
    ("5US$", "5 US$"),
    ("€3,", "€ 3 ,"),
    ("5€", "5 €"),
    ("1K+", "1K+"),
    ("+1", "+1"),
    ("+a", "+ a"),
    ("1,234.56", "1,234.56"),
    ("1-2", "1 - 2"),
    ("3+4", "3 + 4"),
    ("2^10", "2 ^ 10"),
    ("3/4", "3/4"),
    ("5'10\"", "5'10 \""),
    ("10mgs", "10mgs"),
    ("e-mail", "e - mail"),
    ("well-known,", "well - known ,"),
    ("a--b", "a -- b"),
    ("a---b", "a --- b"),
    ("a----b", "a----b"),
    ("1990-style", "1990 - style"),
    ("-a", "-a"),
    ("a-", "a-"),
    ("a–b", "a – b"),
    ("a—b", "a — b"),
    ("foo—", "foo —"),
    ("and/or", "and/or"),
    ("his/her", "his / her"),
    ("1/b", "1 / b"),
    ("b/1", "b/1"),
    ("w/o", "w/o"),
    ("a,b", "a , b"),
    ("a,1", "a,1"),
    ("a:b", "a : b"),
    ("k=v", "k = v"),
    ("a>b", "a > b"),
    ("a;b", "a;b"),
    ("x...", "x ..."),
    ("...x", "... x"),
    ("a...b", "a ... b"),
    ("a…b", "a … b"),
    ("…", "…"),
    ("?!!", "? ! !"),
    ("~a", "~a"),
    ("a~b", "a ~ b"),
    ("(see", "( see"),
    ('"quoted"', '" quoted "'),
    ("“curly”.", "“ curly ” ."),
    ("((a))", "( ( a ) )"),
    ("[1]", "[ 1 ]"),
    ("{k}", "{ k }"),
    ("<b>", "< b >"),
    ("<br/>", "< br/ >"),
    ("#tag", "# tag"),
    ("@user", "@user"),
    ("foo_bar", "foo_bar"),
    ("__init__", "_ _ init _ _"),
    ("*bold*", "* bold *"),
    ("`code`", "` code `"),
    ("A&B", "A&B"),
    ("&amp;", "& amp ;"),
    ("C++", "C++"),
    ("C#", "C #"),
    ("f(x)=y", "f(x)=y"),
    ("§5", "§ 5"),
    ("©2020", "© 2020"),
    ("100★", "100 ★"),
    ("😀great😀", "😀 great 😀"),
    ("a😀b", "a 😀 b"),
    ("🥲a", "🥲a"),
    (":)", ":)"),
    (":-))", ":-))"),
    ("hi:)", "hi :)"),
    ("well):", "well ):"),
    ("a.m.:)", "a.m. :)"),
    ("^_^", "^_^"),
    ("<3", "<3"),
    ("(>_<)", "(>_<)"),
    ("xD", "xD"),
    (";-)", ";-)"),
    ('"):"', '" ): "'),
    ("x:(", "x :("),
    ("there'll>:(", "there 'll >:("),
    ("'S):(", "'S ): ("),
    ("http://example.com", "http://example.com"),
    ("http://example.com/a-b,c.", "http://example.com/a-b,c ."),
    ("(www.example.org).", "( www.example.org ) ."),
    ("example.com/~u/", "example.com/~u/"),
    ("https://example.com/?q=a=b&c=d#e", "https://example.com/?q=a=b&c=d#e"),
    ("user@example.com,", "user@example.com ,"),
    ("a.b@c", "a.b@c"),
    ("foo@", "foo@"),
    ("mailto:user@example.org", "mailto:user@example.org"),
    ("example.com:8080/x", "example.com:8080/x"),
    ("ftp://a.b/c", "ftp://a.b / c"),
    ("192.0.2.1/x", "192.0.2.1/x"),
    ("10.0.0.1/x", "10.0.0.1 / x"),
    ("lower.Upper", "lower . Upper"),
    ("a_b.example.com:x", "a_b.example.com :x"),
    ("naïve,", "naïve ,"),
    ("тест.", "тест ."),
    ("слово,слово", "слово , слово"),
    ("日本語。", "日本語 。"),
    ("中文，文字", "中文，文字"),
    ("「引用」", "「 引用 」"),
    ("한국어-", "한국어-"),
    ("عربي،", "عربي ،"),
    ("Ünï-cödé", "Ünï - cödé"),
    ("Ⅷ.", "Ⅷ."),
    ("5′", "5′"),
    ("don´t", "don´t"),
]


@pytest.mark.parametrize(("chunk", "tokens"), CASES)
def test_a_chunk_is_cut_as_spacy_cuts_it(chunk: str, tokens: str):
    assert segment(chunk) == tuple(tokens.split())


def test_every_entry_is_cut_into_its_own_tokens():
    entries = exceptions()
    assert len(entries) == 1343
    assert {entry: segment(entry) for entry in entries} == entries


def test_blank_and_empty_chunks_stay_as_they_are():
    assert segment("") == ()
    assert segment(" \t\u3000") == (" \t\u3000",)


TRICKY = st.text(st.sampled_from("aZ5.,:;'’\"()[]-–—~_#*&/=<>+^%$@\\°²€…ж文😀\ud800"))


@given(
    st.one_of(st.text(), st.text(st.characters(categories=["Cs", "So", "P"])), TRICKY, st.lists(TRICKY).map("".join))
)
def test_the_tokens_joined_are_the_chunk(chunk: str):
    tokens = segment(chunk)
    assert "".join(tokens) == chunk
    assert all(tokens)


class Copied(str):
    """A chunk that counts the characters copied out of it."""

    count = 0

    def __getitem__(self, key):
        part = super().__getitem__(key)
        Copied.count += len(part)
        return part


def _work(chunk: str) -> int:
    """Calls made and characters copied while the chunk is cut: what time is spent on, without a clock."""
    calls = 0

    def profile(*_):
        nonlocal calls
        calls += 1

    Copied.count = 0
    sys.setprofile(profile)
    try:
        segment(Copied(chunk))
    finally:
        sys.setprofile(None)
    return calls + Copied.count


HOSTILE = "( . .) a. a@ @ :( :) >< '' 's a- -a a.b. a.b/ 1+ http:// 5km …. (a (.). ><(((*> é.com: 1.2.3.4@ 😀 文 。"


@pytest.mark.parametrize("unit", HOSTILE.split())
@pytest.mark.parametrize("end", ["", "x)"])
def test_hostile_chunks_cost_work_in_proportion_to_their_length(unit: str, end: str):
    short, long = _work(unit * 100 + end), _work(unit * 400 + end)
    assert long < 4.2 * short + 200
