"""The language reference inside CPython."""

from secondhalf.corpus.readers.items import ReadText, Shard
from secondhalf.corpus.readers.pydoc import read
from secondhalf.corpus.settings import CorpusSettings


def test_topics_without_rules_under_titles_and_without_wraps() -> None:
    items = list(read(Shard("pydoc", "pydoc"), CorpusSettings(reader="pydoc")))
    assert len(items) > 50
    assert all(isinstance(item, ReadText) and item.location.startswith("pydoc:") for item in items)
    texts = {item.location: item.text for item in items}
    assert "****" not in texts["pydoc:assert"]
    assert "Assert statements are a convenient way to insert debugging assertions" in texts["pydoc:assert"]
