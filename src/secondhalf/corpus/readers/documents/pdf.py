"""PDF files with a text layer, by PDFium in a process of its own with limits of time and memory: a file that breaks it is a
reject.

PDFium (BSD, kept and fuzzed for Chrome) knows Japanese fonts that say no characters themselves; `pdf_text` makes text of
its lines.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from secondhalf.corpus.readers.documents.limits import FileLimits
from secondhalf.corpus.readers.documents.pdf_text import worker
from secondhalf.corpus.readers.documents.pdf_text.font import font_of_boxes
from secondhalf.corpus.readers.documents.pdf_text.layout import text_of_pages
from secondhalf.corpus.readers.documents.pdf_text.lines import Page, PdfLine
from secondhalf.corpus.readers.documents.pdf_text.tables import without_cells
from secondhalf.corpus.readers.items import BrokenFileError, ReadText, Refused, Shard
from secondhalf.corpus.readers.stream import read_whole
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from secondhalf.install import extra

SUFFIXES = (".pdf",)
_MOST_PAGES = 20_000
_MOST_MEMORY = 4 << 30  # bytes of address space; PDFium itself takes some hundred million
_MIN_READABLE = 0.8  # share of the characters that are letters, figures or marks, and no private or lost ones


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """The file's text. Raises UserError when PDFium is not installed, BrokenFileError for what is damaged, encrypted or above
    the limits of one file."""
    if find_spec("pypdfium2") is None:
        raise UserError(f"PDF files need a parser: {extra('documents')}.")
    limits = FileLimits(settings)
    data = read_whole(shard, settings.max_file_bytes)
    limits.add(len(data))
    pages = _pages(data, limits, settings)
    text = text_of_pages(pages)
    if not text:
        yield Refused(shard.location, f"no text layer: {len(pages)} pages without one; read them by OCR first")
    elif _readable_share(text) < _MIN_READABLE:
        yield Refused(
            shard.location, "no readable text: its fonts do not say which characters they show; read it by OCR first"
        )
    else:
        yield ReadText(text, shard.location)


def _pages(data: bytes, limits: FileLimits, settings: CorpusSettings) -> list[Page]:
    # -P: the script's folder is none to import from. The file's bytes come by the pipe, so its name is of no matter.
    command = [sys.executable, "-P", str(Path(worker.__file__)), str(_MOST_PAGES), str(_MOST_MEMORY)]
    command.append(font_of_boxes().hex())
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=limits.seconds_left, check=False)
    except subprocess.TimeoutExpired as error:
        raise BrokenFileError(
            f"too slow: over {settings.max_file_seconds:g} seconds (corpus.max_file_seconds)"
        ) from error
    lines = done.stdout.splitlines()
    last: dict[str, Any] = json.loads(lines[-1]) if lines and done.returncode == 0 else {}
    if "error" in last:
        raise BrokenFileError(last["error"])
    if "pages" not in last:
        raise BrokenFileError(f"broken file: it ends its parser ({done.returncode})")
    return [_page(json.loads(line), limits) for line in lines[:-1]]


def _page(page: dict[str, Any], limits: FileLimits) -> Page:
    limits.add(0)  # the time
    return Page(page["height"], without_cells([PdfLine(*line) for line in page["lines"]], page["rules"]))


def _readable_share(text: str) -> float:
    solid = "".join(text.split())
    lost = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or (c < " ") for c in solid)
    return 1 - lost / max(len(solid), 1)
