"""Every finding in a text, the kinds behind their gates, overlaps settled."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from secondhalf.clean.personal.address import addresses, addresses_six
from secondhalf.clean.personal.card import cards
from secondhalf.clean.personal.email import disguised_emails, emails
from secondhalf.clean.personal.gate import fold, number_places
from secondhalf.clean.personal.iban import ibans
from secondhalf.clean.personal.key import key_blocks, keys
from secondhalf.clean.personal.my_number import my_numbers
from secondhalf.clean.personal.phone import phones
from secondhalf.clean.personal.presidio import named
from secondhalf.clean.personal.settings import PersonalSettings

# Where two findings overlap, the kind named first is right: a key may hold digits, a card is no telephone.
KINDS = ("api_key", "email", "iban", "credit_card", "my_number", "ip", "phone", "name")
# How a disguised address begins its "at"; the bracket alone is asked for first, because that is the faster search.
_BRACKETED = ("[at", "(at", "【at", "[AT", "(AT")


class Found(NamedTuple):
    """A finding: its kind and its character offsets in the text."""

    kind: str
    start: int
    end: int


def find(text: str, settings: PersonalSettings) -> list[Found]:
    """What there is, in the order of the text, without overlaps. Kinds that are kept are not looked for."""
    found = list(_candidates(fold(text), settings))
    if settings.presidio and settings.presidio_action != "keep":
        asked = (settings.presidio_entities, settings.presidio_language, settings.presidio_model)
        found += [Found("name", *span) for span in named(text, *asked)]
    return _settle(found)


def _candidates(text: str, settings: PersonalSettings) -> Iterator[Found]:
    """Every kind's findings, where there can be any."""
    public, near = settings.public_ip_only, settings.my_number_near
    looks: list[tuple[str, bool, Callable[[], Iterator[tuple[int, int]]]]] = [
        ("api_key", len(text) >= 20, lambda: keys(text)),
        ("api_key", "-----BEGIN " in text, lambda: key_blocks(text)),
        ("email", "@" in text, lambda: emails(text)),
        ("email", any(sign[0] in text and sign in text for sign in _BRACKETED), lambda: disguised_emails(text)),
        ("ip", "." in text, lambda: addresses(text, public)),
        ("ip", "::" in text or text.count(":") >= 7, lambda: addresses_six(text, public)),
    ]
    for start, end in number_places(text):
        looks += [
            ("iban", True, partial(ibans, text, start, end)),
            ("credit_card", True, partial(cards, text, start, end)),
            ("my_number", True, partial(my_numbers, text, near, start, end)),
            ("phone", True, partial(phones, text, start, end)),
        ]
    for kind, worth, look in looks:
        if worth and getattr(settings, kind) != "keep":
            yield from (Found(kind, *span) for span in look())


def _settle(found: list[Found]) -> list[Found]:
    """Of overlapping findings the one whose kind comes first in KINDS; of one kind, the first and longest."""
    kept: list[Found] = []
    for item in sorted(found, key=lambda item: (item.start, KINDS.index(item.kind), -item.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
        elif KINDS.index(item.kind) < KINDS.index(kept[-1].kind):
            kept[-1] = item
    return kept
