"""The words of a search's page: every one is used, and every one that is used is there, in both languages."""

import re
from pathlib import Path

from secondhalf.report.words import search_words
from secondhalf.search import page


def test_every_word_is_used_and_is_there() -> None:
    folder = Path(page.__file__).parent
    template = (folder / "search.html.jinja").read_text("utf-8")
    modules = "\n".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    used = set(re.findall(r"\bw\.(\w+)", template))
    for inside in re.findall(r"\bwords\[([^]]+)\]", modules):
        used |= set(re.findall(r"\"(\w+)\"", inside))
    assert set(search_words("en")) == set(search_words("ja")) == used
