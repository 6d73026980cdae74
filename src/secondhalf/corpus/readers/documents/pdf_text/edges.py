"""What stands around the pages of a PDF: lines at a page's top or bottom that come again on other pages, and numbers of pages,
alone or with a chapter's name, which may stand on one page only.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from secondhalf.corpus.readers.documents.pdf_text.lines import Page, PdfLine

_EDGE = 0.12  # of a page's height: where headers and footers stand
_MIN_REPEATS = 3  # pages on which a line at the edge stands, to be a header or a footer; of two pages, both
_NUMBER = r"(?:[\d０-９]{1,5}|[ivxlcIVXLC]{1,7})"
_PAGE_NUMBER = re.compile(
    rf"[-–—\[(（ ]*(?:page|p\.|seite|第|ページ|頁)? ?{_NUMBER} ?(?:(?:of|/|-|–|／) ?{_NUMBER})? ?(?:ページ|頁|[-–—\])）]*)?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"[\d０-９]+")
_NUMBER_BESIDE = re.compile(r"([\d０-９]{1,5})\s|\s([\d０-９]{1,5})$")
"""At a line's beginning (where it is matched) or end."""


def without_lines_around(pages: Sequence[Page]) -> list[list[PdfLine]]:
    """Each page's lines but those that stand around its text."""
    counts = Counter(key for page in pages for key in {_key(line, page) for line in page.lines} if key)
    around = {key for key, count in counts.items() if count >= min(_MIN_REPEATS, max(len(pages), 2))}
    first_number = _first_number(pages)
    kept = []
    for index, page in enumerate(pages):
        numbered: set[PdfLine] = set()
        if first_number is not None:
            numbered = {line for line in _outermost(page) if first_number + index in _numbers_beside(line)}
        kept.append([line for line in page.lines if line not in numbered and not _stands_around(line, page, around)])
    return kept


def _key(line: PdfLine, page: Page) -> tuple[bool, str] | None:
    """What a line at a page's edge is on every page: its edge, and its text with any number for its numbers."""
    if _EDGE * page.height < line.baseline < (1 - _EDGE) * page.height:
        return None
    return line.baseline > page.height / 2, " ".join(_DIGITS.sub("0", line.text).split())


def _stands_around(line: PdfLine, page: Page, around: set[tuple[bool, str]]) -> bool:
    key = _key(line, page)
    return not line.text.strip() or (
        key is not None and (key in around or bool(_PAGE_NUMBER.fullmatch(line.text.strip())))
    )


def _first_number(pages: Sequence[Page]) -> int | None:
    """The first page's number, where half of the pages, and three, have their number at the beginning or end of their first
    or last line."""
    starts: Counter[int] = Counter()
    for index, page in enumerate(pages):
        starts.update({number - index for line in _outermost(page) for number in _numbers_beside(line)})
    number, count = starts.most_common(1)[0] if starts else (0, 0)
    return number if count >= max(_MIN_REPEATS, len(pages) / 2) else None


def _outermost(page: Page) -> Iterator[PdfLine]:
    """The highest and the lowest line, where they stand at the page's edges."""
    written = [line for line in page.lines if line.text.strip()]
    for line in (max, min) if written else ():
        outer = line(written, key=lambda one: one.baseline)
        if _key(outer, page):
            yield outer


def _numbers_beside(line: PdfLine) -> set[int]:
    text = line.text.strip()
    matches = [_NUMBER_BESIDE.match(text), _NUMBER_BESIDE.search(text, max(len(text) - 6, 0))]
    return {int(match[1] or match[2]) for match in matches if match}
