"""Links and anchors of Markdown pages, read with Python alone."""

import re
from pathlib import Path
from urllib.parse import unquote

_FENCES = re.compile(r"^(`{3,}).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\]|!\[[^\]]*\]\([^)]*\))*\]\(<?([^()\s>]+(?:\([^)]*\))?)>?(?: \"[^\"]*\")?\)")
_IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
_SOURCE = re.compile(r"(?:src|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_TARGET = re.compile(r"^\(([\w-]+)\)=$|<a (?:id|name)=\"([^\"]+)\"", re.MULTILINE)


def links(text: str) -> list[str]:
    """Where a page's links, pictures and HTML attributes lead; nothing of code."""
    plain = _CODE.sub("``", _FENCES.sub("", text))
    return list(dict.fromkeys(match for pattern in (_LINK, _IMAGE, _SOURCE) for match in pattern.findall(plain)))


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub and MyST name them, and its own targets."""
    names: dict[str, int] = {}
    for heading in _HEADING.findall(_FENCES.sub("", text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "").strip().lower()
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        seen = names.get(name, 0)
        names[f"{name}-{seen}" if seen else name] = 1
        names[name] = seen + 1
    return set(names) | {name for match in _TARGET.findall(text) for name in match if name}


def broken_links(page: Path, root: Path, later: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """The page's links to files below `root` that are not there, and to headings that their page does not have.

    `later`: files, by their path below `root`, that may still be missing.
    """
    text, broken = page.read_text("utf-8"), []
    for link in links(text):
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (page.parent / name).resolve() if name else page.resolve()
        if name.startswith("/") or not target.is_relative_to(root.resolve()):
            broken.append(link)  # it leads out of the repository, and elsewhere in every clone
        elif str(target.relative_to(root.resolve())) in later and not target.exists():
            continue
        elif not target.exists() or (
            anchor and target.suffix == ".md" and anchor not in anchors(target.read_text("utf-8"))
        ):
            broken.append(link)
    return broken
