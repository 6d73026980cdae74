"""The model card: README.md with the hub's YAML header. Every figure is the report's, with its interval.

Words that come from a run (names, notices, reasons) are shown as they are and are never markup.
"""

import json
from collections.abc import Mapping

from pydantic import ValidationError

from secondhalf.analysis.facts import Arm, Facts, Figure
from secondhalf.export.markdown import escaped, quoted
from secondhalf.export.modelfile import NOT_RUN_IN_OLLAMA
from secondhalf.export.parity import Parity
from secondhalf.models.weights.gguf_header import read_header
from secondhalf.report import numbers
from secondhalf.report.terminal import spoken
from secondhalf.report.verdict import sentence
from secondhalf.report.words import Language, card_words, headed, label, page_words, reason
from secondhalf.runs import Run
from secondhalf.runs.trained import TrainedArm
from secondhalf.store.recorded import read_recorded


def read_facts(run: Run) -> Facts | None:
    """The run's report; None where there is none, one of another version, or one of stages that were made anew since.

    Raises UserError for a damaged one.
    """
    path = run.folder / "report" / "facts.json"
    if not path.is_file():
        return None
    text = read_recorded(path, "`secondhalf report RECIPE` writes it again.")
    try:
        facts = Facts.model_validate_json(text)
    except ValidationError:
        return None
    noted = next((entry.value for entry in facts.provenance if entry.label == "stages"), "")
    now = {f"{label}: {link.stage}" for label, link in run.links().items()}
    return facts if now.issuperset(noted.splitlines()) else None


def stated_licence(trained: TrainedArm) -> str:
    """What the student's GGUF says of its licence; "" where it says nothing, or is no GGUF."""
    if not trained.student.is_gguf:
        return ""
    field = read_header(trained.student.path).fields.get("general.license")
    return str(field.contents()) if field else ""


def model_card(
    trained: TrainedArm, files: dict[str, str], checks: list[Parity], licence: str, language: Language | None = None
) -> str:
    """The card's text, in the recipe's language unless another is named.

    `files`: form -> name of file or folder, none where the arm is not exported; `licence`: what the base model's own file
    states, or "".
    """
    language = language or trained.recipe.report.language
    facts, words = read_facts(trained.run), card_words(language)
    facts = facts.model_copy(update={"language": language}) if facts else None
    base = trained.student.reference.partition("#")[0]
    parity = [spoken(check.summary(), language) for check in checks]
    not_run = [spoken(NOT_RUN_IN_OLLAMA, language)] if "ollama" in files else []
    blocks = [
        _header(base, "adapter" if set(files) == {"adapter"} else "merged"),
        f"# {escaped(trained.recipe.name)}: {escaped(trained.name)}",
        words["what"].format(base=escaped(base)),
        f"## {words['licences']}",
        _licences(trained, words, base, licence),
        f"## {words['data']}",
        *_data(trained, words, facts),
        f"## {words['training']}",
        _training(trained, words),
        f"## {words['figures']}",
        *(_figures(trained, words, facts) if facts else [words["no_report"]]),
        *([f"## {words['parity']}", words["parity_lead"], _list(parity)] if files else []),
        f"## {words['limits']}",
        _list([*_unchecked(facts), *not_run], words["single"], words["hostile"]),
        f"## {words['use']}",
        *(_use(trained, words, files, base) if files else [words["not_exported"]]),
    ]  # fmt: skip
    return "\n\n".join(blocks) + "\n"


def _header(base: str, library: str) -> str:
    hub = base.removeprefix("hf:").partition("@")[0] if base.startswith("hf:") else base
    fields = {
        "base_model": quoted(hub),
        "license": "other",
        "license_name": "see-the-notices",
        "library_name": "peft" if library == "adapter" else "transformers",
        "pipeline_tag": "text-generation",
        "tags": '["secondhalf", "non-instructional-fine-tuning"]',
    }
    return "\n".join(["---", *(f"{name}: {value}" for name, value in fields.items()), "---"])


def _licences(trained: TrainedArm, words: Mapping[str, str], base: str, licence: str) -> str:
    texts = trained.recipe.corpus.licence
    lines = [words["base"].format(base=escaped(base)), words["hash"].format(hash=trained.student.identity)]
    lines += [words["stated"].format(licence=escaped(licence))] if licence else []
    lines.append(words["corpus_licence"].format(licence=escaped(texts) if texts else words["unstated"]))
    notices = [f"**{escaped(notice)}**" for notice in trained.recipe.notices] or [words["no_notices"]]
    return "\n".join(f"- {line}" for line in [*lines, *notices])


def _data(trained: TrainedArm, words: Mapping[str, str], facts: Facts | None) -> list[str]:
    recipe = trained.recipe
    lines = [words["corpus"].format(reader=recipe.corpus.reader, size=recipe.corpus.sample, seed=recipe.seed)]
    for name, weight in trained.arm.data.items():
        teach = recipe.data[name].teach
        phrase = words["own_halves" if teach.original else "written_by"]
        model = escaped(", ".join(model.partition("#")[0] for model in teach.models))
        lines.append(phrase.format(name=escaped(name), weight=f"{weight:g}", model=model))
    blocks = ["\n".join(f"- {line}" for line in lines)]
    rows = []
    for step in facts.funnel if facts else []:
        if facts is None or (step.data and step.data not in trained.arm.data):
            continue
        most = max(step.rejects, key=lambda reject: reject.count, default=None)
        refused = f"{escaped(reason(facts.language, most.reason))} ({most.count:,})" if most else ""
        # English keeps the stage's own name, by which commands know it.
        name = step.stage if facts.language == "en" else label(page_words(facts.language), "stage", step.stage)
        stage = " ".join(filter(None, (name, step.data)))
        rows.append(f"| {escaped(stage)} | {step.rows_in:,} | {step.rows_out:,} | {refused} |")
    return [*blocks, "\n".join([words["funnel"], "|---|--:|--:|---|", *rows])] if rows else blocks


def _training(trained: TrainedArm, words: Mapping[str, str]) -> str:
    manifest = trained.manifest
    return words["trained"].format(
        template=escaped(trained.template.name), seed=trained.seed, pairs=f"{manifest.get('rows', 0):,}",
        tokens=f"{manifest.get('supervised_tokens', 0):,}", steps=f"{manifest.get('steps', 0):,}",
    )  # fmt: skip


def _figures(trained: TrainedArm, words: Mapping[str, str], facts: Facts) -> list[str]:
    arm: Arm | None = next((arm for arm in facts.arms if arm.name == trained.name), None)
    page = page_words(facts.language)
    rows = [
        _figure(figure, headed(page, "figure", figure.name)) for figure in (arm.figures + arm.probes if arm else [])
    ]
    comparisons = [sentence(row, facts) for row in facts.comparisons if row.arm == trained.name]
    return ["\n".join([words["figures_head"], "|---|--:|--:|--:|--:|", *rows]), _list(comparisons)]


def _figure(figure: Figure, name: str) -> str:
    digits = numbers.decimals([figure.high - figure.low], figure.unit)
    mean, low, high = (numbers.figure(value, figure.unit, digits) for value in (figure.mean, figure.low, figure.high))
    return f"| {escaped(name)} | {mean} | {low} – {high} | {figure.prompts} | {figure.seeds} |"


def _unchecked(facts: Facts | None) -> list[str]:
    return [page_words(facts.language)[f"unchecked_{name}"] for name in facts.unchecked] if facts else []


def _list(untrusted: list[str], *own: str) -> str:
    """A list of lines: those that come from a run as plain text, our own as they are."""
    return "\n".join([*(f"- {escaped(line)}" for line in untrusted), *(f"- {line}" for line in own)])


def _use(trained: TrainedArm, words: Mapping[str, str], files: dict[str, str], base: str) -> list[str]:
    blocks = []
    for form, name in files.items():
        blocks.append(f"### {words[form]}")
        if form == "adapter":
            if not base.startswith("hf:"):
                blocks.append(words["adapter_own"].format(base=escaped(base)))
            source = (
                base.removeprefix("hf:").partition("@")[0] if base.startswith("hf:") else "FOLDER/OF/THE/BASE/MODEL"
            )
            blocks.append(_python(f"model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained({json.dumps(source)}, "
                                  f'dtype="bfloat16"), "{name}")', name, peft=True))  # fmt: skip
        elif form == "merged":
            blocks.append(_python(f'model = AutoModelForCausalLM.from_pretrained("{name}", dtype="bfloat16")', name))
        else:
            command = (
                f"llama-server -m {name} --jinja"
                if form == "gguf"
                else f"ollama create {trained.label.lower()} -f {name}"
            )
            blocks.append(f"```sh\n{command}\n```")
    return blocks


def _python(load: str, name: str, *, peft: bool = False) -> str:
    lines = [
        "from transformers import AutoModelForCausalLM, AutoTokenizer",
        *(["from peft import PeftModel"] if peft else []),
        "",
        load,
        f'tokenizer = AutoTokenizer.from_pretrained("{name}")',
        'turns = [{"role": "user", "content": "What is a library?"}]',
        'ids = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_tensors="pt", return_dict=True)',
        "print(tokenizer.decode(model.generate(**ids, max_new_tokens=100)[0, ids['input_ids'].shape[1]:]))",
    ]
    return "```python\n" + "\n".join(lines) + "\n```"
