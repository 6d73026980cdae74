"""The documentation of training data that California asks of developers: AB 2013 of 2024, Civil Code section 3111(a)."""

from secondhalf.disclosure.evidence import Evidence
from secondhalf.disclosure.fields import Disclosure, DisclosureField
from secondhalf.disclosure.markdown import as_markdown
from secondhalf.disclosure.sentences import Sentences
from secondhalf.errors import UserError
from secondhalf.report.words import fill

FILE = "ab2013.md"


def ab2013(evidence: Evidence) -> Disclosure:
    """The twelve points. Raises UserError where the run trains no model."""
    if evidence.model is None:
        raise UserError(f"{evidence.run.folder.name} trains no model, and AB 2013 asks of a model's data.")
    say = Sentences(evidence)
    words = say.words
    # A pair that was made of no document has no source that the run could name.
    sources = say.sources if not any(one.unsourced for one in evidence.data) else None
    halves = evidence.of_documents
    purpose = fill(words["ab_furthers"], use=words["use_model"]) if halves else words["use_model"]
    cleaning = [words["yes"], say.manipulation, words["ab_cleaned_for"], *say.steps] if halves else None
    synthetic = [words["yes"], *say.writers] if say.writers else say.synthetic
    fields = [
        DisclosureField("sources", sources, "" if sources else say.sources),
        DisclosureField("purpose", purpose),
        DisclosureField("count", fill(words["ab_counted"], n=f"{say.pairs:,}")),
        DisclosureField("types", fill(words["ab_unlabelled"], description=say.description)),
        DisclosureField("property", None, say.licences),
        DisclosureField("licensed", None),
        DisclosureField("personal", None, say.personal),
        DisclosureField("aggregate", None),
        DisclosureField("cleaning", cleaning, "" if cleaning else " ".join(say.steps)),
        DisclosureField("collected", None, say.collection),
        DisclosureField("first_used", None),
        DisclosureField("synthetic", synthetic, "" if synthetic else say.responses),
    ]
    text = as_markdown("ab", say.model_name, {"points": fields}, evidence, words)
    return Disclosure(FILE, text, fields)
