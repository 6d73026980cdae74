"""Every relative link of README, docs and the other pages leads to a file and a heading that are there."""

import re
import subprocess
from pathlib import Path

import pytest

from support import ROOT
from support.markdown_links import anchors, broken_links, links

PAGES = sorted(
    name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    ).stdout.splitlines()
    if (ROOT / name).is_file()
) or sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])  # fmt: skip
LATER = {"docs/serve.md", "docs/review.md"}
"""Pages that arrive with their features."""


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    assert broken_links(ROOT / page, ROOT, LATER) == []


def test_every_page_of_docs_is_reached() -> None:
    pages = set((ROOT / "docs").rglob("*.md"))
    reached = {
        (ROOT / page).parent / link.partition("#")[0]
        for page in PAGES
        for link in links((ROOT / page).read_text("utf-8"))
    }
    assert {page.name for page in pages if page not in {path.resolve() for path in reached}} <= {"index.md"}


def test_the_index_lists_every_page_and_no_other() -> None:
    listed = re.findall(r"^([\w.]+)$", (ROOT / "docs/index.md").read_text("utf-8"), re.MULTILINE)
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert sorted(set(listed) | {Path(name).stem for name in LATER}) == sorted(
        pages | {Path(name).stem for name in LATER}
    )
    assert len(listed) == len(set(listed))
    assert not {"search", "genindex"} & pages, "a page of this name would be Sphinx's own in the site"


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("[a](there.md)", []),
        ("[a](there.md#a-b)", []),
        ("[a](there.md#a-c)", ["there.md#a-c"]),
        ("[a](gone.md) ![p](gone.png)", ["gone.md", "gone.png"]),
        ("[![p](gone.png)](there.md)", ["gone.png"]),
        ("[a](#own) and [b](#owned)", ["#owned"]),
        ("[a](/etc/passwd) [b](../../x.md)", ["/etc/passwd", "../../x.md"]),
        ("`[a](gone.md)` and\n```\n[a](gone.md)\n```\n", []),
        ("[a](https://example.com/gone) [b](later.md)", []),
        ('<img src="gone.svg">', ["gone.svg"]),
    ],
)
def test_broken_links_are_seen(text: str, broken: list[str], tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# A, b\n", "utf-8")
    page = tmp_path / "page.md"
    page.write_text(f"# Own\n\n{text}\n", "utf-8")
    assert broken_links(page, tmp_path, {"later.md"}) == broken


def test_anchors_are_as_pages_have_them() -> None:
    text = "# What `it` is: *a* [link](x.md)\n## Twice\n## Twice\n## 確認できたこと、できていないこと\n```\n# no heading\n```\n"
    assert anchors(text) >= {"what-it-is-a-link", "twice", "twice-1", "確認できたことできていないこと"}
    assert "no-heading" not in anchors(text)
