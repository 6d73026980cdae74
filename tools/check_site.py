"""Checks a built site: every link leads to a page and an anchor that are there, and nothing is loaded from elsewhere.

python tools/check_site.py FOLDER    exit code 1, and a line for each fault
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADED = {
    ("script", "src"), ("link", "href"), ("img", "src"), ("img", "srcset"), ("source", "src"), ("source", "srcset"),
    ("iframe", "src"), ("video", "src"), ("audio", "src"), ("object", "data"), ("embed", "src"), ("use", "href"),
    ("image", "href"),
}  # fmt: skip
_CSS = re.compile(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')\s]+)")


class _Page(HTMLParser):
    """What a page has and names: anchors, links, and what a browser loads for it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = {"", "top"}
        self.links: list[str] = []
        self.loaded: list[str] = []
        self._style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found.get("id", ""), found.get("name", "")}
        self._style = tag == "style"
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "link" and found.get("rel") in {"canonical", "next", "prev", "search", "index"}:
            return
        for name, value in found.items():
            if (tag, name) in _LOADED:
                self.loaded += [part.split()[0] for part in value.split(",") if part.strip()]
            if name == "style":
                self.loaded += _CSS.findall(value)

    def handle_data(self, data: str) -> None:
        if self._style:
            self.loaded += _CSS.findall(data)


def faults(site: Path) -> list[str]:
    """What is wrong with the site in a folder, a line each."""
    pages = {path: _Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    lines = [
        f"{path.relative_to(site)}: {address} is loaded from elsewhere"
        for path in sorted(site.rglob("*.css"))
        for address in _CSS.findall(path.read_text("utf-8"))
    ]
    for path, page in pages.items():
        name = path.relative_to(site)
        for address in page.loaded:
            parts = urlsplit(address)
            if parts.netloc:
                lines.append(f"{name}: {address} is loaded from elsewhere")
            elif parts.scheme != "data" and not (path.parent / unquote(parts.path)).exists():
                lines.append(f"{name}: {address} is not there")
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
            if not target.exists():
                lines.append(f"{name}: {link} leads nowhere")
            elif target.suffix == ".html" and unquote(parts.fragment) not in pages[target].anchors:
                lines.append(f"{name}: {link} has no such anchor")
    return lines


if __name__ == "__main__":
    found = faults(Path(sys.argv[1]).resolve())
    print("\n".join(found) or "Every link leads somewhere, and nothing is loaded from elsewhere.")
    sys.exit(bool(found))
