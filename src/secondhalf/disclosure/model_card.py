"""The model card: that of `export`, with the fields of the hub's template that a run does or does not know behind it."""

from pathlib import Path

from secondhalf.disclosure.evidence import DescribedModel, Evidence
from secondhalf.disclosure.fields import Disclosure, DisclosureField
from secondhalf.disclosure.markdown import field_list
from secondhalf.disclosure.sentences import Sentences
from secondhalf.errors import UserError
from secondhalf.export.card import model_card, stated_licence
from secondhalf.report.numbers import duration
from secondhalf.report.words import fill
from secondhalf.runs.trained import trained_arm

FILE = "model-card.md"


def full_model_card(evidence: Evidence, export: Path | None) -> Disclosure:
    """The card of the arm; of an export, which has one already, that card. Raises UserError where the run trains no model."""
    model = evidence.model
    if model is None:
        raise UserError(f"{evidence.run.folder.name} trains no model, so it has no model card.")
    say = Sentences(evidence)
    trained = None if export else trained_arm(evidence.run, model.arm, model.seed)
    licence = stated_licence(trained) if trained else ""
    card = model_card(trained, {}, [], licence, evidence.language) if trained else _exported_card(export)
    fields = _fields(evidence, model, say, licence)
    unknown = sum(field.value is None for field in fields)
    lead = fill(say.words["model_lead"], unknown=unknown, fields=len(fields))
    blocks = [
        card.rstrip("\n"),
        f"## {say.words['model_section']}",
        lead,
        field_list("model", fields, say.words),
    ]
    return Disclosure(FILE, "\n\n".join(blocks) + "\n", fields)


def _exported_card(export: Path | None) -> str:
    return (export / "README.md").read_text("utf-8") if export else ""


def _fields(evidence: Evidence, model: DescribedModel, say: Sentences, licence: str) -> list[DisclosureField]:
    words, settings = say.words, evidence.recipe.arms[model.arm].train
    trained = fill(
        words["model_trained"], method=settings.method, steps=model.manifest.get("steps", "–"),
        rate=f"{settings.learning_rate:g}", tokens=f"{model.manifest.get('supervised_tokens', 0):,}",
    )  # fmt: skip
    seconds = model.manifest.get("seconds")
    measured = evidence.facts and any(arm.name == model.arm and arm.figures for arm in evidence.facts.arms)
    notices = say.join([*([licence] if licence else []), *evidence.recipe.notices])
    return [
        DisclosureField("developers", None),
        DisclosureField("funders", None),
        DisclosureField("sharers", None),
        DisclosureField("licence", None, notices),
        DisclosureField("base", say.model(model.base)),
        DisclosureField("languages", say.listed(evidence.counted("languages")) or None),
        DisclosureField("direct", words["use_model"]),
        DisclosureField("out_of_scope", None),
        DisclosureField("bias", None),
        DisclosureField("data", [say.pairs_of(one) for one in evidence.data]),
        DisclosureField("settings", trained),
        DisclosureField("figures", words["model_measured"] if measured else None),
        DisclosureField("hardware", model.manifest.get("machine")),
        DisclosureField("hours", None if seconds is None else duration(seconds, evidence.language)),
        DisclosureField("cloud", None),
        DisclosureField("carbon", None),
        DisclosureField("citation", None),
        DisclosureField("contact", None),
    ]
