"""What is done with each kind of personal data."""

from typing import Annotated, Literal

from secondhalf.clean.personal.my_number import Near
from secondhalf.settings import AddedLater, Settings

Action = Literal["mask", "drop", "keep"]


class PersonalSettings(Settings):
    """For each kind: mask it (a word in brackets stands in its place), drop the document, or keep it as it is."""

    email: Action = "mask"
    """E-mail addresses, also with a full-width sign or a bracketed "at". FineWeb (arXiv 2406.17557) masks them."""

    phone: Action = "mask"
    """Telephone and fax numbers of Japan, North America and the United Kingdom, and any with a country code. Ours."""

    ip: Action = "mask"
    """IP addresses, version 4 and 6. FineWeb masks the public ones."""

    iban: Action = "mask"
    """Bank accounts whose check (ISO 13616) holds. Ours."""

    credit_card: Action = "mask"
    """Payment cards with an issuer's prefix and length whose check digit (Luhn, ISO/IEC 7812-1) holds. Ours."""

    my_number: Action = "mask"
    """Japan's individual numbers whose check digit (ordinance no. 85 of 2014, article 5) holds. Ours."""

    api_key: Action = "mask"
    """Keys and tokens of known shapes, private key blocks, and values that the text names a key or secret. Ours."""

    person: Annotated[Action, AddedLater()] = "keep"
    """Names of people in English and Japanese text, by short word lists and rules of our own: offline, nothing to install.
    It finds 56 % of the names in English [49, 63] and 57 % in Japanese [50, 64] on the test half of our labelled lines; of
    what it takes for a name 88 % and 92 % are one from end to end, 91 % and 97 % in part (`python benchmarks/names.py`).
    Names in small letters and most surnames alone it does not look for. Off by default: a part of the names stays, a plain
    word goes now and then, and a novel without names says less."""

    public_ip_only: bool = True
    """Leave private, loopback and link-local addresses alone, as FineWeb does. Documentation ranges count as public."""

    my_number_near: Near = "words"
    """What besides the check digit makes twelve digits a My Number: `words` (マイナンバー, 個人番号, My Number ... close by),
    `words or groups` (or written in groups of four), `nothing`. One in eleven twelve-digit numbers passes the check."""

    presidio: bool = False
    """Find names and places too, with presidio-analyzer and a spaCy model, which must be installed. Far slower than the
    rest."""

    presidio_entities: list[str] = ["PERSON", "LOCATION"]
    """What presidio looks for, by its own names."""

    presidio_language: str = "en"
    """The language presidio reads the text as: en, ja ..."""

    presidio_model: str = "en_core_web_lg"
    """The spaCy model it uses, presidio's own default: a package's name or a folder. For ja: ja_core_news_lg."""

    presidio_action: Action = "mask"
    """What is done with what presidio finds."""
