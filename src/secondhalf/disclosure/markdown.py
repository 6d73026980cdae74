"""A document of labelled fields as Markdown. All that is filled in may come from a run, and is shown as it is, never as markup;
labels and headings are our own words."""

from collections.abc import Mapping, Sequence

from secondhalf.disclosure.evidence import Evidence
from secondhalf.disclosure.fields import DisclosureField
from secondhalf.export.markdown import escaped
from secondhalf.report.words import fill

Sections = Mapping[str, Sequence[DisclosureField]]
"""Fields by the key of their section's heading; keys are those of the words, without the document's prefix."""


def as_markdown(kind: str, name: str, sections: Sections, evidence: Evidence, words: Mapping[str, str]) -> str:
    """The document: title, what it is, how much of it is not known, and the sections. `kind` begins the keys of its words."""
    fields = [field for inside in sections.values() for field in inside]
    unknown = sum(field.value is None for field in fields)
    head = fill(
        words["head"], run=evidence.recipe.name, date=evidence.today.isoformat(), unknown=unknown, fields=len(fields)
    )
    blocks = [f"# {escaped(fill(words[f'{kind}_title'], name=name))}", words[f"{kind}_lead"], escaped(head)]
    for section, inside in sections.items():
        blocks.append(f"## {words[f'{kind}_{section}']}")
        blocks.append(field_list(kind, inside, words))
    return "\n\n".join(blocks) + "\n"


def field_list(kind: str, fields: Sequence[DisclosureField], words: Mapping[str, str]) -> str:
    """One line a field; several values stand below it."""
    return "\n".join(line for field in fields for line in _lines(f"{kind}_{field.name}", field, words))


def _lines(key: str, field: DisclosureField, words: Mapping[str, str]) -> list[str]:
    values = [words["not_known"]] if field.value is None else field.value
    values = [values] if isinstance(values, str) else values or ["–"]
    note = [fill(words["recorded"], note=field.note)] if field.note else []
    below = [*values, *note] if len(values) > 1 else note
    head = f"- **{words[key]}**" + ("" if len(values) > 1 else f"{words['colon']}{escaped(values[0])}")
    return [head, *(f"  - {escaped(line)}" for line in below)]
