"""The data card for the Hugging Face hub: README.md's YAML header, and the sections of the hub's template."""

from collections.abc import Iterable, Mapping

from secondhalf.disclosure.evidence import Evidence
from secondhalf.disclosure.fields import Disclosure, DisclosureField
from secondhalf.disclosure.markdown import as_markdown
from secondhalf.disclosure.sentences import Sentences
from secondhalf.export.markdown import quoted
from secondhalf.report.words import fill

FILE = "data-card.md"
_SIZES = {"n<1K": 10**3, "1K<n<10K": 10**4, "10K<n<100K": 10**5, "100K<n<1M": 10**6, "1M<n<10M": 10**7}
# Licences whose names the hub knows, by what a recipe or a corpus may call them in lower case.
_LICENCES = {
    name: name
    for name in (
        "apache-2.0", "mit", "cc0-1.0", "cc-by-4.0", "cc-by-3.0", "cc-by-sa-4.0", "cc-by-sa-3.0", "bsd-2-clause",
        "bsd-3-clause", "odc-by", "pddl", "unlicense",
    )
}  # fmt: skip


def data_card(evidence: Evidence) -> Disclosure:
    """The card of the pairs: what the arm is trained on, or all the run's where nothing is trained."""
    say = Sentences(evidence)
    sections = _sections(evidence, say)
    text = as_markdown("data", say.data_name, sections, evidence, say.words)
    return Disclosure(FILE, _header(evidence, say) + text, [field for inside in sections.values() for field in inside])


def hub_licence(names: Iterable[str]) -> str:
    """What the hub calls texts under these licences: one that it knows, `other`, or `unknown` where none is named."""
    licences = {_LICENCES.get(name.lower(), "other") for name in names} or {"unknown"}
    return licences.pop() if len(licences) == 1 else "other"


def hub_size(rows: int) -> str | None:
    """The hub's name for a data set of so many rows; None for sizes that it has no name for."""
    return next((name for name, most in _SIZES.items() if rows < most), "n>1T" if rows >= 10**12 else None)


def _header(evidence: Evidence, say: Sentences) -> str:
    languages = [code for code in evidence.counted("languages") if code.isascii() and code.isalpha()]
    size = hub_size(say.pairs)
    fields: dict[str, str | list[str] | None] = {
        "pretty_name": say.data_name,
        "license": hub_licence(say.licence_names),
        "language": languages or None,
        "language_creators": ["machine-generated", "found"] if say.writers else ["found"],
        "annotations_creators": ["no-annotation"],
        "multilinguality": ["multilingual" if len(languages) > 1 else "monolingual"] if languages else None,
        "size_categories": [size] if size else None,
        "task_categories": ["text-generation"],
        "tags": ["secondhalf", "non-instructional-fine-tuning"],
    }
    return "---\n" + "".join(f"{name}: {_yaml(value)}\n" for name, value in fields.items() if value) + "---\n\n"


def _yaml(value: str | list[str]) -> str:
    return quoted(value) if isinstance(value, str) else "[" + ", ".join(map(quoted, value)) + "]"


def _sections(evidence: Evidence, say: Sentences) -> Mapping[str, list[DisclosureField]]:
    words = say.words
    columns = list(dict.fromkeys(column for one in evidence.data for column in one.columns))
    files = [
        fill(
            words["data_file"],
            path=file.path,
            size=f"{file.size:,}",
            hash=file.sha256,
        )
        for one in evidence.data
        for file in one.files
    ]
    licence = say.licences if say.licence_names else None
    return {
        "details": [
            DisclosureField("description", say.description),
            DisclosureField("curators", None),
            DisclosureField("funders", None),
            DisclosureField("sharers", None),
            DisclosureField("languages", say.listed(evidence.counted("languages")) or None),
            DisclosureField("licence", licence, "" if licence else say.licences),
            DisclosureField("repository", None),
        ],
        "uses": [DisclosureField("direct", words["use"]), DisclosureField("out_of_scope", None)],
        "structure": [
            DisclosureField(
                "columns", [f"{name}{words['colon']}{words.get(f'column_{name}', '–')}" for name in columns]
            ),
            DisclosureField("files", files),
        ],
        "creation": [
            DisclosureField("rationale", words["data_why"]),
            DisclosureField("collection", [say.collection, say.raw_data]),
            DisclosureField("processing", [say.manipulation, *say.steps]),
            DisclosureField("producers", None),
            DisclosureField("annotation", say.annotation),
            DisclosureField("personal", say.personal),
        ],
        "bias": [
            DisclosureField("biases", None),
            DisclosureField("limits", say.limits),
            DisclosureField("findings", [*say.findings, *say.instructions]),
            DisclosureField("overlaps", say.overlaps or None),
            DisclosureField("citation", None),
            DisclosureField("contact", None),
        ],
    }
