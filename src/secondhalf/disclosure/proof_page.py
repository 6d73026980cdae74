"""The page of what was used, what was refused and why, what was found, and what that proves: one file, without scripts or
outside resources, as the report's is. It stands in the run's folder, as proof/index.html."""

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf import report
from secondhalf.analysis.summary.faults import unaccounted
from secondhalf.disclosure.evidence import Evidence
from secondhalf.disclosure.fields import Disclosure, DisclosureField
from secondhalf.disclosure.sentences import Sentences
from secondhalf.report import numbers, view
from secondhalf.report.plots import funnel
from secondhalf.report.templates import safe_environment
from secondhalf.report.words import headed, label, page_words, reason

if TYPE_CHECKING:
    from jinja2 import Environment

FILE = "index.html"
_HERE = Path(__file__).parent
_DOCUMENTS = ("corpus", "clean", "deduplicate")
PROVES = ("pairs", "checks", "counts")
PROVES_NOT = ("instructions", "licence", "personal", "benchmarks", "base", "signed")


def proof_page(evidence: Evidence) -> Disclosure:
    """The page. Its fields are what people ask of a model's data."""
    say = Sentences(evidence)
    fields = _fields(evidence, say)
    language, page = evidence.language, page_words(evidence.language)
    documents = next((step.rows_in for step in evidence.funnel if step.stage in _DOCUMENTS), 0)
    leaks = [
        probe
        for probe in (evidence.facts.overfitting if evidence.facts else [])
        if evidence.model and probe.arm == evidence.model.arm and probe.figure.startswith("leak_")
    ]
    context: dict[str, object] = {
        "evidence": evidence,
        "say": say,
        "fields": fields,
        "unknown": [field for field in fields if field.value is None],
        "documents": documents,
        "funnel": view.funnel(evidence.funnel),
        "largest": max((step.rows_in for step in evidence.funnel), default=0),
        "leaks": leaks,
        "language": language,
        "date": evidence.today.isoformat(),
        "name": say.model_name or say.data_name,
        "w": say.words,
        "page": {key: numbers.tied(phrase) for key, phrase in page.items()},
        "proves": PROVES,
        "proves_not": PROVES_NOT,
        "label": partial(label, page),
        "headed": partial(headed, page),
        "because": partial(reason, language),
        "style": (Path(report.__file__).parent / "page.css").read_text("utf-8"),
    }
    return Disclosure(FILE, str(_environment().get_template("proof.html.jinja").render(context)), fields)


def _fields(evidence: Evidence, say: Sentences) -> list[DisclosureField]:
    """What people ask, and whether the run has an answer; `notes` say what it has towards one that it lacks."""
    known: dict[str, str | None] = {
        "used": say.description,
        "sources": say.sources or None,
        "licence": say.licences if say.licence_names else None,
        "languages": say.listed(evidence.counted("languages")) or None,
        "writers": None if evidence.instruction_files else say.responses,
        "refused": " ".join(say.steps),
        "found": " ".join(say.findings) or None,
        "personal": say.personal,
        "owners": None,
        "collected": None,
        "reservations": None,
        "biases": None,
        "responsible": None,
    }
    if say.writers:
        known["training_of_writers"] = None
    if evidence.model:
        known |= {"training_of_base": None, "report": "" if evidence.facts else None}
    return [DisclosureField(name, value) for name, value in known.items()]


@cache
def _environment() -> "Environment":
    environment = safe_environment(_HERE)
    environment.globals |= {"bar": funnel.bar, "unaccounted": unaccounted}
    return environment
