"""Markdown files as running text: what stands between the marks. Code, pictures, comments and the block of fields at the top
are left out, of tables the rows that hold sentences are kept; a paragraph's lines run on."""

import re
from collections.abc import Iterator

from secondhalf.corpus.readers import text
from secondhalf.corpus.readers.documents.paragraphs import as_text, is_running_text, join_lines
from secondhalf.corpus.readers.items import ReadText, Refused, Shard
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".md", ".markdown")
_FIELDS = re.compile(
    # YAML's begin with a field or a comment: another text between two rules is text. TOML's stand between plus signs.
    r"\A---[ \t]*\n(?:[ \t]*+\n)*+(?=#|[\w.-]+[ \t]*:|[\"'][^\n]{1,100}:)(?:[^\n]*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
    r"|\A\+\+\+[ \t]*\n(?:[^\n]*\n)*?\+\+\+[ \t]*(?:\n|\Z)"
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+|$)")
_RULE = re.compile(r" {0,3}(?:=+|-{2,}|(?:[-*_][ \t]*){3,})$")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_REFERENCE = re.compile(r" {0,3}\[[^\]\n]{1,200}\]:")
_TABLE_RULE = re.compile(r"\A\s*+\|?[ \t]*+:?-{2,}:?[ \t]*(?:\|[ \t:-]*)*$")
_PICTURE = re.compile(r"!\[[^\[\]\n]{0,500}\](?:\([^()\n]{0,1000}\)|\[[^\[\]\n]{0,200}\])")
_LINK = re.compile(r"\[([^\[\]\n]{1,1000})\](?:\([^()\n]{0,1000}\)|\[[^\[\]\n]{0,200}\])")
_NOTE = re.compile(r"\[\^[^\[\]\n]{1,50}\]")
_ADDRESS = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,1000})>")
_READING = re.compile(r"<(r[tp])>[^<\n]{0,100}</\1>", re.IGNORECASE)  # over kanji
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,500}>")
_CODE = re.compile(r"(`{1,2})([^`\n]{1,1000})\1")
_STRONG = re.compile(r"(\*\*\*|\*\*|\*|~~)(?=\S)([^*~\n]{1,1000})(?<=\S)\1")
_STRONG_LOW = re.compile(r"(?<![\w_])(__|_)(?=\S)([^_\n]{1,1000})(?<=\S)\1(?![\w_])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """The file's text, decoded as plain text is. Raises BrokenFileError where the file is damaged."""
    for item in text.read(shard, settings):
        yield item._replace(text=plain_markdown(item.text)) if isinstance(item, ReadText) else item


def plain_markdown(source: str) -> str:
    """The running text of a Markdown file whose lines end in \\n."""
    paragraphs: list[list[str]] = [[]]
    fence = ""
    for line in _without_comments(_FIELDS.sub("", source, count=1)).split("\n"):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) and not line.strip(" `~") else fence
            continue
        if mark:
            fence = mark[1]
        if mark or not line.strip() or _RULE.match(line) or _TABLE_RULE.match(line) or _REFERENCE.match(line):
            paragraphs.append([])
        elif heading := _HEADING.match(line):
            paragraphs += [[line[heading.end() :].rstrip("# \t")], []]
        elif line.lstrip().startswith("|"):
            cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
            paragraphs += [[cell] for cell in cells if is_running_text(cell)] + [[]]
        elif line.startswith(("    ", "\t")) and not paragraphs[-1]:
            continue  # code, where no list item stands before it
        else:
            plain = line.lstrip().removeprefix(">").strip()
            if item := _ITEM.match(plain):
                paragraphs.append([])
                plain = "- " + plain[item.end() :]
            paragraphs[-1].append(plain)
    # First line by line: what Japanese lines are joined by shows when their marks are gone.
    return as_text(_without_marks(join_lines(map(_without_marks, lines))) for lines in paragraphs)


def _without_comments(source: str) -> str:
    parts, position = [], 0
    while (start := source.find("<!--", position)) >= 0 and (end := source.find("-->", start)) >= 0:
        parts.append(source[position:start])
        position = end + 3
    return "".join([*parts, source[position:]])


def _without_marks(line: str) -> str:
    for pattern, kept in (
        (_PICTURE, ""), (_LINK, r"\1"), (_NOTE, ""), (_ADDRESS, r"\1"), (_READING, ""), (_TAG, ""), (_CODE, r"\2"),
        (_STRONG, r"\2"), (_STRONG_LOW, r"\2"), (_ESCAPED, r"\1"),
    ):  # fmt: skip
        line = pattern.sub(kept, line)
    return line.strip()
