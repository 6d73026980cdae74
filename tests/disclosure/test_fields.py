"""A value that is not known is no value, and is counted; JSON stays JSON wherever it stands."""

import json

from secondhalf.disclosure.fields import Disclosure, DisclosureField, as_fields, as_json

FIELDS = [DisclosureField("name", "x"), DisclosureField("owner", None, "a note"), DisclosureField("others", [])]


def test_only_none_is_not_known() -> None:
    document = Disclosure("card.md", "", FIELDS)
    assert document.unknown == ["owner"]
    assert document.summary() == "card.md: 1 of 3 fields are not known: owner."
    assert Disclosure("card.md", "", FIELDS[:1]).summary() == "card.md: 0 of 1 fields are not known."
    assert [field.value is None for field in as_fields({"a": False, "b": 0, "c": None, "d": []})] == [
        False,
        False,
        True,
        False,
    ]


def test_json_holds_what_is_known_and_ends_no_script() -> None:
    text = as_json({"a": None, "b": ["</script>&", None, {"c": None, "d": "\u202egnp\x1b\ud800"}], "e": 0})
    assert json.loads(text) == {"b": ["</script>&", {"d": "⟨U+202E⟩gnp⟨U+001B⟩⟨U+D800⟩"}], "e": 0}
    assert not set("<>&") & set(text)
    text.encode("utf-8")
