"""Masks personal data, or refuses the document that holds it."""

from collections import Counter

from secondhalf.clean.personal.find import Found, find
from secondhalf.clean.personal.settings import PersonalSettings
from secondhalf.rows import Document, Verdict

# One plain form for both languages, so that one search counts them; no tokenizer has it as a special token, no page
# shows it as markup, and none of them is itself a finding or a word that turns its neighbour into one.
MASKS = {
    "email": "[email]",
    "phone": "[phone]",
    "ip": "[ip]",
    "iban": "[iban]",
    "credit_card": "[card]",
    "my_number": "[my number]",
    "api_key": "[key]",
    "name": "[name]",
}


def personal(document: Document, settings: PersonalSettings) -> tuple[str, list[Verdict]]:
    """The text with masks, and a verdict for each finding, its span in the text as given.

    Check: `personal` and the kind. Score: how many of its kind the document holds. A kind whose action is `drop` fails. A
    text without findings has one verdict, passed, of score 0.
    """
    found = find(document.text, settings)
    if not found:
        return document.text, [Verdict(document.id, "personal", True, 0.0)]
    counts = Counter(item.kind for item in found)
    verdicts = [_verdict(document.id, item, counts[item.kind], settings) for item in found]
    return masked(document.text, settings, found), verdicts


def masked(text: str, settings: PersonalSettings, found: list[Found]) -> str:
    """The text with every finding of a masked kind replaced, until there is none.

    Masks are shorter than what they replace, so a word can come near enough to a number to speak for it. All that one
    word can draw in lies in the few dozen characters around it, so this ends after a few rounds. Names are masked in the
    first round only: a model may take anything for a name, a mask too.
    """
    again = settings.model_copy(update={"presidio": False})
    while hidden := [item for item in found if _action(item.kind, settings) == "mask"]:
        parts, last = [], 0
        for item in hidden:
            parts += [text[last : item.start], MASKS[item.kind]]
            last = item.end
        text = "".join([*parts, text[last:]])
        found = find(text, again)
    return text


def _action(kind: str, settings: PersonalSettings) -> str:
    return settings.presidio_action if kind == "name" else str(getattr(settings, kind))


def _verdict(id: str, item: Found, count: int, settings: PersonalSettings) -> Verdict:
    dropped = _action(item.kind, settings) == "drop"
    reason = f"personal data: {item.kind.replace('_', ' ')}" if dropped else ""
    return Verdict(
        id, f"personal {item.kind.replace('_', ' ')}", not dropped, float(count), reason, item.start, item.end
    )
