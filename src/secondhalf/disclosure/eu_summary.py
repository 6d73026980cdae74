"""The public summary of training content that providers of general-purpose AI models publish in the EU.

Sections and questions are those of the template of the AI Office of 24 July 2025 (Regulation (EU) 2024/1689, article 53(1)(d)).
"""

from secondhalf.disclosure.evidence import Evidence
from secondhalf.disclosure.fields import Disclosure, DisclosureField
from secondhalf.disclosure.markdown import as_markdown
from secondhalf.disclosure.sentences import Sentences
from secondhalf.errors import UserError
from secondhalf.report.words import fill

FILE = "eu-summary.md"
_SMALL, _MIDDLE = 10**9, 10**13
"""The template's ranges for text, in tokens."""


def eu_summary(evidence: Evidence) -> Disclosure:
    """The document. Raises UserError where the run trains no model: the summary is a model's."""
    if evidence.model is None:
        raise UserError(f"{evidence.run.folder.name} trains no model, and the EU's summary is a model's.")
    say = Sentences(evidence)
    sections = {"1": _general(evidence, say), "2": _sources(evidence, say), "3": _processing(say)}
    text = as_markdown("eu", say.model_name, sections, evidence, say.words)
    return Disclosure(FILE, text, [field for inside in sections.values() for field in inside])


def _general(evidence: Evidence, say: Sentences) -> list[DisclosureField]:
    words, model = say.words, evidence.model
    tokens = model.manifest.get("tokens") if model else None
    languages = fill(words["eu_pairs"], languages=say.listed(evidence.counted("languages")))
    return [
        DisclosureField("version", fill(words["eu_draft"], run=evidence.recipe.name)),
        DisclosureField("updated", evidence.today.isoformat()),
        DisclosureField("provider", None),
        DisclosureField("representative", None),
        DisclosureField("model", say.model_name),
        DisclosureField("dependencies", say.model(model.base) if model else None),
        DisclosureField("market", None),
        DisclosureField("modality", words["text"]),
        DisclosureField("size", _size(tokens, say) if tokens else None),
        DisclosureField("content", None, say.raw_data),
        DisclosureField("acquired", None),
        DisclosureField("languages", languages),
        DisclosureField("other", say.description),
    ]


def _size(tokens: int, say: Sentences) -> str:
    size = "small" if tokens < _SMALL else "middle" if tokens <= _MIDDLE else "large"
    return fill(say.words[f"eu_size_{size}"], n=f"{tokens:,}")


def _sources(evidence: Evidence, say: Sentences) -> list[DisclosureField]:
    """Answers to what the run itself shows: that a model wrote, what was read from CPython."""
    words, corpus = say.words, evidence.recipe.corpus
    files = _files(evidence, say)
    # CPython's own documentation is all that was read: then these questions have an answer.
    shipped = evidence.shipped
    no, crawled = words["no"] if shipped else None, words["not_applicable"] if shipped else None
    # A data set on a hub can be closed to the public, and whoever read it knows.
    public = words["eu_pydoc"] if corpus.reader == "pydoc" and evidence.of_documents else None
    other = public if public and not any(evidence.recipe.data[name].baseline for name in evidence.data_names) else None
    synthetic = say.synthetic
    hosts = say.listed(evidence.counted("hosts"))
    return [
        DisclosureField("public", words["yes"] if public else None, "" if public else say.collection),
        DisclosureField("public_list", [] if shipped else None),
        DisclosureField("public_other", other, say.sources),
        DisclosureField("licensed", no, say.licences),
        DisclosureField("private", no),
        DisclosureField("crawled", no),
        DisclosureField("crawlers", crawled),
        DisclosureField("behaviour", crawled),
        DisclosureField("period", crawled),
        DisclosureField("crawled_content", crawled),
        DisclosureField("domains", crawled, "" if shipped else hosts),
        DisclosureField("user_model", no),
        DisclosureField("user_services", no),
        DisclosureField("synthetic", synthetic, "" if synthetic else say.responses),
        DisclosureField("synthetic_modality", words["text"] if say.writers else [] if synthetic else None),
        DisclosureField("synthetic_models", say.writers if synthetic else None),
        DisclosureField("other_sources", files or no),
    ]


def _files(evidence: Evidence, say: Sentences) -> list[str]:
    kinds = {"eu_instruction_files": evidence.instruction_files, "eu_people_files": evidence.people_files}
    return [fill(say.words[name], files=say.join(paths)) for name, paths in kinds.items() if paths]


def _processing(say: Sentences) -> list[DisclosureField]:
    return [
        DisclosureField("code", None),
        DisclosureField("reservations", None, say.licences),
        DisclosureField("illegal", [say.adult, say.personal]),
        DisclosureField("processing", [*say.steps, *say.findings, *say.instructions]),
    ]
