"""Masks personal data in a text that grows: what is given is final, and a masked word is never half given.

What could be the beginning of personal data is held back: the last word (an address may follow it), a number until it is over,
a word before a bracket ("name [at] example"), and everything found that could still become longer. Ordinary words are
given as soon as the next one begins. Behind the first line of a private key nothing is given before its last.
"""

import re

from secondhalf.clean.personal.filter import MASKS, mask_spans
from secondhalf.clean.personal.findings import PersonalSpan, find_personal
from secondhalf.clean.personal.settings import PersonalSettings

_AROUND = 300  # characters before that are looked at again: words that name a number, and then some
_AFTER = 64  # characters behind a number or a bracket that may still make it personal data, or more of it
_PIECE = 500  # characters that are looked at together
_MOST_HELD = 2000  # characters: a table of numbers without end must not fill the memory
_SPACELESS = "\u3001\u3002\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_TO_LAST_BREAK = re.compile(rf".*[\s{_SPACELESS}]", re.DOTALL)
# A bracket that may spell an address's "at" out.
_OPENED = re.compile(r"[\[(（［【](?:\Z|[aAａＡ](?:\Z|[tTｔＴ])|[アあ](?:\Z|[ッっ]))")
_DIGIT = re.compile("[0-9０-９]")
# Digits with all that people put between them, and what stands before them without a blank.
_NUMBER = re.compile(rf"[^\s{_SPACELESS}0-9０-９]{{0,16}}[0-9０-９](?:[^\S\n]|[0-9０-９.,()+/_（）＋－．ー−‐–—-])*")
# An IBAN has letters as well, and blanks or hyphens wherever its writer likes; the longest has 34 characters.
_ACCOUNT = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-zＡ-Ｚａ-ｚ]{2}[0-9０-９]{2}(?:[ 　－-]?[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]){0,30}[ 　－-]?"
)
_QUAD = re.compile(
    r"[0-9０-９]{1,3}[.．][0-9０-９]{1,3}[.．]"
)  # of an address of a machine, which words behind it may name so
_BLOCK = "-----BEGIN"
# A private key: its lines may be written in any way (escaped in JSON, behind headers), so only its END tells how far it goes.
_KEY_HEAD = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----")
_DASHES, _KEY_END = "-----", re.compile(r"-----END [A-Z0-9 ]{0,40}-----")
_KEY_LINE = re.compile(r"[A-Za-z0-9+/=]{40,}")  # longer than words are
_LONGEST_KEY, _LONGEST_END = 20_000, 60  # characters behind its first line in which its END is looked for, and of that


class PersonalStream:
    """Given pieces of a text, it gives the masked text as far as that is certain."""

    def __init__(self, settings: PersonalSettings, *, mask: bool) -> None:
        """`mask`: False gives every piece as it comes."""
        self._settings, self._mask = settings, mask
        self._context, self._held = "", ""
        self.masked = False
        """Whether anything was masked."""

    def feed(self, text: str) -> str:
        """What is certain with this piece."""
        if not self._mask:
            return text
        given = []
        for start in range(0, len(text), _PIECE):
            self._held += text[start : start + _PIECE]
            given.append(self._give(self._certain()))
        return "".join(given)

    def end(self) -> str:
        """The rest, when the text is over."""
        if not self._mask:
            return ""
        self._mask_broken_off_key()
        return self._give(len(self._held))

    def _mask_broken_off_key(self) -> None:
        """Masks a private key that the text's end cuts off, of which nobody sees how far it goes."""
        start = _open_key(self._held) if _is_masked("api_key", self._settings) else -1
        lines = [line.end() for line in _KEY_LINE.finditer(self._held, start)] if start >= 0 else []
        if lines:
            rest = self._held[lines[-1] :]
            self._held = self._held[:start] + MASKS["api_key"] + (rest if len(rest) > _LONGEST_END else "")
            self.masked = True

    def _give(self, cut: int) -> str:
        """The first `cut` held characters, masked; fewer where something found reaches further."""
        if cut <= 0:
            return ""
        start, over = len(self._context), cut == len(self._held)
        window, cut = self._context + self._held, len(self._context) + cut
        while True:
            spans = [span for span in self._find(window) if span.end > start]
            growing = [s.start for s in spans if s.start < cut and not over and s.end > len(window) - _AFTER]
            across = [s.start for s in spans if s.start < cut < s.end and not over]
            if len(window) - start <= _MOST_HELD:
                cut = max(start, min([cut, *growing, *across]))
            elif across:  # no more is held: it is masked as far as it goes, and none of it given
                cut = max(s.end for s in spans if s.start < cut < s.end)
            span = next((span for span in spans if span.start >= start and span.end <= cut), None)
            if span is None:
                break
            mask = MASKS[span.kind]
            window, self.masked = window[: span.start] + mask + window[span.end :], True
            cut += len(mask) - (span.end - span.start)
        given, self._held = window[start:cut], window[cut:]
        self._context = window[:cut][-_AROUND:]
        return given

    def _find(self, text: str) -> list[PersonalSpan]:
        return [s for s in find_personal(text, self._settings) if _is_masked(s.kind, self._settings)]

    def _certain(self) -> int:
        """How many of the held characters nothing that comes can make a part of personal data."""
        held = self._held
        key = _open_key(held) if _is_masked("api_key", self._settings) else -1
        if key == 0:
            return 0
        cut = _start_of_word_before(held, len(held))
        near = max(0, len(held) - _AFTER)
        if opened := _OPENED.search(held, near):
            cut = min(cut, _start_of_word_before(held, opened.start()))
        counted = held if _DIGIT.search(held) else ""  # without one every place of a long word is tried in vain
        for number in _NUMBER.finditer(counted):
            goes_on, recent = number.end() == len(held), number.end() > near
            if goes_on or (recent and (sum(map(str.isdigit, number[0])) >= 9 or _QUAD.search(number[0]))):
                cut = min(cut, number.start())
                break
        for account in _ACCOUNT.finditer(counted):
            if account.end() == len(held):
                cut = min(cut, account.start())
        if (block := held.find(_BLOCK, max(0, near - len(_BLOCK)))) >= 0:
            cut = min(cut, block)
        if len(held) > _MOST_HELD:
            cut = max(cut, len(held) - _MOST_HELD // 2)
        return cut if key < 0 else min(cut, key)


def _open_key(text: str) -> int:
    """Where a private key begins whose end has not come yet; -1 without one."""
    place = text.find(_BLOCK)
    head = _KEY_HEAD.search(text, place) if place >= 0 else None
    if head is None:
        return -1
    dashes = text.find(_DASHES, head.end())
    if dashes < 0:
        return head.start() if len(text) - head.end() < _LONGEST_KEY else -1
    begun = len(text) - dashes < _LONGEST_END and not _KEY_END.match(text, dashes)
    return head.start() if begun else -1


def mask_whole(text: str, settings: PersonalSettings) -> str:
    """The text with every kind masked that is not kept."""
    kinds = [*(kind for kind in MASKS if kind != "name"), "presidio_action"]
    masking = settings.model_copy(update={kind: "mask" for kind in kinds if getattr(settings, kind) != "keep"})
    return mask_spans(text, masking, find_personal(text, masking))


def _is_masked(kind: str, settings: PersonalSettings) -> bool:
    return (settings.presidio_action if kind == "name" else str(getattr(settings, kind))) != "keep"


def _start_of_word_before(text: str, place: int) -> int:
    """Where the last word before a place begins; between Japanese and Chinese characters there are none."""
    before = _TO_LAST_BREAK.match(text, 0, len(text[:place].rstrip()))
    return before.end() if before else 0
