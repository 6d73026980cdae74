"""Names and excerpts that a terminal or a table may hold."""

from secondhalf.corpus.readers.items import EXCERPT, Shard, excerpt, printable


def test_what_acts_is_written_as_an_escape() -> None:
    assert printable("a\n\x1b[31m\u202e\ud800 é文") == "a\\n\\x1b[31m\\u202e\\ud800 é文"
    assert Shard("a", "/x/a\n").location == "/x/a\\n"


def test_an_excerpt_is_short_and_printable() -> None:
    assert excerpt(b"\xff\x00abc") == "\\xff\\x00abc"
    assert len(excerpt(b"\0" * 10_000)) == len(excerpt(b"a" * 10_000)) == EXCERPT
