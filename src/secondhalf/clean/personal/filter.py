"""Masks personal data, or refuses the document that holds it."""

from collections import Counter

from secondhalf.clean.personal.findings import PersonalSpan, find_personal
from secondhalf.clean.personal.settings import PersonalSettings
from secondhalf.rows import Document, Verdict

# One plain form for both languages, so that one search counts them; no tokenizer has it as a special token, no page
# shows it as markup, and none of them is itself personal data or a word that turns its neighbour into one.
MASKS = {
    "email": "[email]",
    "phone": "[phone]",
    "ip": "[ip]",
    "iban": "[iban]",
    "credit_card": "[card]",
    "my_number": "[my number]",
    "api_key": "[key]",
    "name": "[name]",
    "person": "[name]",
}
# Searches of the whole text before it is gone through by pieces of so many characters, with so many on both sides; the last
# ones of these may hold the beginning of something whose end is not seen.
_ROUNDS, _PIECE, _AROUND, _EDGE = 3, 500, 300, 60


def mask_personal(document: Document, settings: PersonalSettings) -> tuple[str, list[Verdict]]:
    """The text with masks, and a verdict for each piece of personal data, with its span in the text before.

    Check: `personal` and the kind. Score: how many of its kind the document holds. A kind whose action is `drop` fails. A
    text without any has one verdict, passed, of score 0. Raises UserError where presidio is on and missing.
    """
    spans = find_personal(document.text, settings)
    if not spans:
        return document.text, [Verdict(document.id, "personal", True, 0.0)]
    counts = Counter(span.kind for span in spans)
    verdicts = [_verdict(document.id, span, counts[span.kind], settings) for span in spans]
    return mask_spans(document.text, settings, spans), verdicts


def mask_spans(text: str, settings: PersonalSettings, spans: list[PersonalSpan]) -> str:
    """The text with every span of a masked kind replaced, until there is none; `spans` are those of the text as it is.

    Masks are shorter than what they replace, so a word can come near enough to a number to name it. All that one
    word can name lies in the few dozen characters around it, so this ends after a few rounds. A row of numbers does not: of
    cards between blanks the first alone counts, and once it is masked the next. What so many rounds do not end is gone through
    piece by piece. Names are masked in the first round only: a model may take anything for a name, a mask too, and rules
    see less around a mask than around a name.
    """
    without_names = settings.model_copy(update={"presidio": False, "person": "keep"})
    rounds = 0
    while masked := _to_mask(spans, settings):
        text = _masked(text, masked)
        rounds += 1
        if rounds >= _ROUNDS:
            text = _masked_by_pieces(text, without_names)
        spans = find_personal(text, without_names)
    return text


def _masked_by_pieces(text: str, settings: PersonalSettings) -> str:
    """The text with each piece of it masked until nothing in it is left to mask, from left to right.

    A piece is looked at with what stands around it, on its left as it has become. What reaches so far beyond it that its
    end is not seen stays for the search of the whole text.
    """
    parts: list[str] = []
    before, place = "", 0
    while place < len(text):
        seen = min(place + _PIECE + _AROUND, len(text))
        window = before + text[place:seen]
        after = seen - min(place + _PIECE, len(text))  # characters of the window behind the piece
        whole = len(window) - (_EDGE if seen < len(text) else 0)
        while masked := [
            span
            for span in _to_mask(find_personal(window, settings), settings)
            if len(before) <= span.start < len(window) - after and span.end <= whole
        ]:
            after = min(after, len(window) - masked[-1].end)
            shorter = _masked(window, masked)
            window, whole = shorter, whole - (len(window) - len(shorter))
        end = len(window) - after
        parts.append(window[len(before) : end])
        before, place = window[max(0, end - _AROUND) : end], seen - after
    return "".join(parts)


def _to_mask(spans: list[PersonalSpan], settings: PersonalSettings) -> list[PersonalSpan]:
    return [span for span in spans if _action(span.kind, settings) == "mask"]


def _masked(text: str, spans: list[PersonalSpan]) -> str:
    parts, last = [], 0
    for span in spans:
        parts += [text[last : span.start], MASKS[span.kind]]
        last = span.end
    return "".join([*parts, text[last:]])


def _action(kind: str, settings: PersonalSettings) -> str:
    return settings.presidio_action if kind == "name" else str(getattr(settings, kind))


def _verdict(id: str, span: PersonalSpan, count: int, settings: PersonalSettings) -> Verdict:
    kind, dropped = span.kind.replace("_", " "), _action(span.kind, settings) == "drop"
    reason = (
        f"personal data: {kind} (clean.personal.{'presidio_action' if span.kind == 'name' else span.kind})"
        if dropped
        else ""
    )
    return Verdict(id, f"personal {kind}", not dropped, float(count), reason, span.start, span.end)
