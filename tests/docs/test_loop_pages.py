"""docs/loop.md and docs/loop.ja.md are one page in two languages: the test in a browser follows the first."""

import re

from support import ROOT
from support.documented import blocks

PAGES = [ROOT / "docs/loop.md", ROOT / "docs/loop.ja.md"]


def test_both_have_the_same_commands_files_and_headings() -> None:
    english, japanese = ([(b.language, b.source, b.directives) for b in blocks(page)] for page in PAGES)
    assert english == japanese
    levels = [re.findall(r"^(#+) ", page.read_text("utf-8"), re.MULTILINE) for page in PAGES]
    assert levels[0] == levels[1]
