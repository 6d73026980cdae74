"""Mail: a message a document, of an .eml file or an .mbox archive. Its text without quotations, signature and attachments,
and with whole lines; of HTML alone, the page's main text."""

import codecs
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import Compat32
from typing import Any

from secondhalf.corpus.encodings import AUTO, is_text_encoding
from secondhalf.corpus.readers.documents.limits import FileLimits
from secondhalf.corpus.readers.documents.paragraphs import unwrapped
from secondhalf.corpus.readers.html import extract_page
from secondhalf.corpus.readers.items import BrokenFileError, ReadText, Refused, Shard, excerpt
from secondhalf.corpus.readers.stream import read_blocks, split_lines
from secondhalf.corpus.readers.text_encoding import UndecodedError, decode_text
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".eml", ".mbox")
_START = b"From "  # how a message of an archive begins, after an empty line
_MOST_PARTS = 200
_LONGEST_FIELD = 50_000  # characters of a header that says what a part is
_BLOCK = 1 << 16  # bytes between two looks at the time
_SAYS_NOTHING = {"us-ascii", "ascii"}  # the default of mailers; what has seven bits can be ISO-2022-JP
# Where an answer's text ends: its signature, or the whole letter that it answers.
_REST = re.compile(
    # Outlook puts the answered letter's first headers before it.
    r"^\*?(?:From|差出人|送信者)\*?[:：][^\n]{0,300}\n\*?(?:Sent|Date|送信日時|日時|日付)\*?[:：]"
    r"|^(?:-- ?|-{3,} ?(?:Original Message|Forwarded message|元のメッセージ|転送メッセージ).*|_{20,})$",
    re.MULTILINE,
)
_QUOTED = re.compile(r"^[>＞|｜].*$", re.MULTILINE)
_QUOTES_WHOM = re.compile(
    r"^(?:On .{5,200} wrote:|.{1,200}(?:さんは書きました|のメール|wrote)[:：]"
    r"|\d{4}年\d{1,2}月\d{1,2}日[^<>\n]{0,150}<[^<>\s]{3,100}>[:：])\s*$",
    re.MULTILINE,
)


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """Each message's text. Raises BrokenFileError where the file is damaged, UserError where a page's extractor is not
    installed."""
    for number, data in enumerate(_messages(shard, settings.max_file_bytes), 1):
        location = f"{shard.location}:{number}"
        if len(data) > settings.max_file_bytes:
            yield Refused(
                location, f"too long: over {settings.max_file_bytes} bytes (corpus.max_file_bytes)", excerpt(data)
            )
            continue
        yield _message_text(data, location, settings)


def _messages(shard: Shard, most: int) -> Iterator[bytes]:
    """The messages' bytes, the beginning alone of one above the limit. A file that does not begin as archives do is one
    message."""
    lines: list[bytes] = []
    size, blank, is_archive, begun = 0, True, False, False
    for raw in split_lines(read_blocks(shard), most):
        line = raw if begun else raw.removeprefix(codecs.BOM_UTF8)
        if not begun:
            if not line.strip():
                continue
            begun, is_archive = True, line.startswith(_START)
        if is_archive and blank and line.startswith(_START):
            if lines:
                yield b"\n".join(lines)
            lines, size = [], 0
        elif size <= most:
            lines.append(line.removeprefix(b">") if is_archive and line.lstrip(b">").startswith(_START) else line)
            size += len(line) + 1
        blank = not line.strip()
    if lines:
        yield b"\n".join(lines)


def _message_text(data: bytes, location: str, settings: CorpusSettings) -> ReadText | Refused:
    try:
        message = _parsed(data, FileLimits(settings))
        parts = _text_parts(message)
    except Exception as error:
        return Refused(location, _problem(error), excerpt(data))
    if not message.keys():
        return Refused(location, "broken mail: it has no headers", excerpt(data))
    for kind in ("text/plain", "text/html"):
        items: list[ReadText] = []
        for part in parts:
            if part.get_content_type() != kind:
                continue
            try:
                content, charset = _content(part)
            except Exception as error:
                return Refused(location, _problem(error), excerpt(data))
            item = _part_text(content, kind, charset, location, settings)
            if isinstance(item, Refused):
                return item
            # What stands before a picture and what stands after it are parts of their own; files have names.
            if item.text.strip() and not (items and part.get_filename()):
                items.append(item)
        if items:
            return items[0]._replace(text="\n\n".join(item.text.strip("\n") for item in items))
    return Refused(location, "no running text: the message is empty, or an attachment alone", excerpt(data))


def _problem(error: Exception) -> str:
    """What is wrong with a message; the parser has several kinds of errors, by what is damaged."""
    if isinstance(error, BrokenFileError):
        return str(error)
    if isinstance(error, RecursionError):
        return "broken mail: its parts are nested without end"
    return f"broken mail: {type(error).__name__}"


class _ShortFields(Compat32):
    """Refuses a long Content-Type and its like, which the parser cuts at its semicolons in time by the square of its length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """A header's name and value. Raises BrokenFileError for one that is too long."""
        if sourcelines[0][:8].lower() == "content-" and sum(map(len, sourcelines)) > _LONGEST_FIELD:
            raise BrokenFileError(f"broken mail: a header of over {_LONGEST_FIELD} characters says what a part is")
        return super().header_source_parse(sourcelines)


def _parsed(data: bytes, limits: FileLimits) -> Message:
    """The message. Raises BrokenFileError where parsing takes longer than allowed: each line is held against every boundary."""
    parser = BytesFeedParser(policy=_ShortFields())
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        parser.feed(block)
        limits.add(len(block))
    return parser.close()


def _text_parts(message: Message) -> list[Message]:
    """The parts that are the message's own text: no attachments, and nothing inside a letter that is passed on."""
    waiting: list[Any] = [message]
    parts: list[Message] = []
    for _ in range(_MOST_PARTS):
        if not waiting:
            break
        part = waiting.pop(0)
        if part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
            waiting[:0] = part.get_payload()
        elif part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
            parts.append(part)
    return parts


def _content(part: Message) -> tuple[bytes, str]:
    """A part's bytes, and the encoding that it says; "" where it says none, or what can be none."""
    data = part.get_payload(decode=True)
    try:
        charset = part.get_content_charset() or ""
    except ValueError:  # NUL in its name
        charset = ""
    return data if isinstance(data, bytes) else b"", charset


def _part_text(data: bytes, kind: str, charset: str, location: str, settings: CorpusSettings) -> ReadText | Refused:
    if len(data) > settings.max_document_bytes:
        return Refused(location, f"too long: over {settings.max_document_bytes} bytes", excerpt(data))
    if kind == "text/html":
        return extract_page(data, location, charset=charset)
    try:
        try:
            text, encoding = decode_text(
                data, charset if charset not in _SAYS_NOTHING and is_text_encoding(charset) else settings.encoding
            )
        except UndecodedError:
            text, encoding = decode_text(data, AUTO)  # many a mailer says another one than it writes
    except UndecodedError as error:
        return Refused(location, str(error), excerpt(data))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if rest := _REST.search(text):
        text = text[: rest.start()]
    return ReadText(unwrapped(_QUOTED.sub("", _QUOTES_WHOM.sub("", text))), location, encoding=encoding)
