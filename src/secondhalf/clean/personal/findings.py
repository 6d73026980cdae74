"""Every piece of personal data in a text: the kinds behind their gates, overlaps settled."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from secondhalf.clean.personal.card import cards
from secondhalf.clean.personal.email import disguised_emails, emails
from secondhalf.clean.personal.gate import fold_full_width, number_spans
from secondhalf.clean.personal.iban import ibans
from secondhalf.clean.personal.ip_address import ipv4_addresses, ipv6_addresses
from secondhalf.clean.personal.key import key_blocks
from secondhalf.clean.personal.my_number import my_numbers
from secondhalf.clean.personal.person import persons
from secondhalf.clean.personal.phone import phones
from secondhalf.clean.personal.presidio import find_names
from secondhalf.clean.personal.settings import PersonalSettings
from secondhalf.text.key_shapes import keys

# Where two spans overlap, the kind named first is right: a key may hold digits, a card is no telephone.
KINDS = ("api_key", "email", "iban", "credit_card", "my_number", "ip", "phone", "name", "person")
# How a disguised address begins its "at"; the bracket alone is looked for first, because that is faster.
_BRACKETED = ("[at", "(at", "【at", "[AT", "(AT", "(アット", "[アット", "【アット", "(あっと", "[あっと", "【あっと")


class PersonalSpan(NamedTuple):
    """Personal data in a text: its kind, one of KINDS, and its offsets in characters."""

    kind: str
    start: int
    end: int


def find_personal(text: str, settings: PersonalSettings) -> list[PersonalSpan]:
    """Every span, in the order of the text, without overlaps. Kinds that are kept are not looked for.

    Raises UserError where presidio is on and it or its model is missing.
    """
    spans = list(_candidates(fold_full_width(text), settings))
    if settings.presidio and settings.presidio_action != "keep":
        names = find_names(text, settings.presidio_entities, settings.presidio_language, settings.presidio_model)
        spans += [PersonalSpan("name", *span) for span in names]
    return _settle(spans)


def _candidates(text: str, settings: PersonalSettings) -> Iterator[PersonalSpan]:
    """Every kind's spans, where there can be any."""
    public, near = settings.public_ip_only, settings.my_number_near
    finders: list[tuple[str, bool, Callable[[], Iterator[tuple[int, int]]]]] = [
        ("api_key", len(text) >= 20, lambda: keys(text)),
        ("api_key", "-----BEGIN " in text, lambda: key_blocks(text)),
        ("email", "@" in text, lambda: emails(text)),
        ("email", any(sign[0] in text and sign in text for sign in _BRACKETED), lambda: disguised_emails(text)),
        ("ip", "." in text, lambda: ipv4_addresses(text, public)),
        ("person", True, lambda: persons(text)),
        ("ip", "::" in text or text.count(":") >= 7, lambda: ipv6_addresses(text, public)),
    ]
    for start, end in number_spans(text):
        finders += [
            ("iban", True, partial(ibans, text, start, end)),
            ("credit_card", True, partial(cards, text, start, end)),
            ("my_number", True, partial(my_numbers, text, near, start, end)),
            ("phone", True, partial(phones, text, start, end)),
        ]
    for kind, possible, find in finders:
        if possible and getattr(settings, kind) != "keep":
            yield from (PersonalSpan(kind, *span) for span in find())


def _settle(spans: list[PersonalSpan]) -> list[PersonalSpan]:
    """Of overlapping spans the one whose kind comes first in KINDS; of one kind, the first and longest."""
    kept: list[PersonalSpan] = []
    for item in sorted(spans, key=lambda item: (item.start, KINDS.index(item.kind), -item.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
        elif KINDS.index(item.kind) < KINDS.index(kept[-1].kind):
            kept[-1] = item
    return kept
