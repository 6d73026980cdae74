"""Sphinx: the pages of this folder as a site that loads nothing from elsewhere (make docs)."""

import re
from pathlib import Path
from typing import Any

project = "secondhalf"
copyright = "the secondhalf authors, Apache-2.0"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "secondhalf"
html_show_sphinx = False
html_copy_source = False
language = "en"
# Anchors of headings as GitHub has them; tests/support/markdown_links.py reads the same.
myst_heading_anchors = 4
exclude_patterns = ["_build"]


def _without_links_out(app: Any, name: str, source: list[str]) -> None:
    """Takes away what the site does not have: links to files of the repository outside this folder, and to pages of features that
    are still to come (tests/docs/test_links.py names those, and refuses any other)."""
    here = Path(app.srcdir)
    source[0] = re.sub(r"\[([^\]]+)\]\((?:\.\./)+[^)]*\)", r"\1", source[0])
    source[0] = re.sub(
        r"\[([^\]]+)\]\((\w+\.md)\)", lambda link: link[0] if (here / link[2]).exists() else link[1], source[0]
    )
    if name == "index":
        source[0] = re.sub(
            r"^[\w.]+\n",
            lambda line: line[0] * (here / f"{line[0].strip()}.md").exists(),
            source[0],
            flags=re.MULTILINE,
        )


def setup(app: Any) -> None:
    app.connect("source-read", _without_links_out)
